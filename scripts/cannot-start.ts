/** Why it cannot start, in one sentence for the person at the terminal. */
export class CannotStart extends Error {}

/** The operating system's code for what went wrong: `EADDRINUSE`, `EACCES`, …; empty for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
