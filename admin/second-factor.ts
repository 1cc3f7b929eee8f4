/**
 * The second factor: a code of six digits from an authenticator app (TOTP, RFC 6238), or one of ten backup codes. It
 * counts from the moment a first code has been typed in.
 */
import { ask, authFor } from './auth.ts';
import { type OfficeContext, signedIn } from './env.ts';

export type CodeOutcome = 'right' | 'wrong' | 'start again' | 'too many attempts';

/**
 * The second step of signing in: takes the code of the app, or a backup code, which works once.
 * @returns 'start again' where the first step is too long ago, or five codes were wrong.
 */
export async function enterCode(c: OfficeContext, typed: string): Promise<CodeOutcome> {
  const code = typed.replace(/\s/g, '');
  const isTotp = /^\d{6}$/.test(code);
  const response = await ask(c, isTotp ? '/two-factor/verify-totp' : '/two-factor/verify-backup-code', { code });
  if (response.ok) return 'right';
  if (response.status === 429) return 'too many attempts';
  const refusal = await refusalOf(response);
  // CONFLICT: the same backup code, twice at once; one of the two got in.
  if (refusal === 'INVALID_CODE' || refusal === 'INVALID_BACKUP_CODE' || response.status === 409) return 'wrong';
  if (response.status >= 500) throw new Error(`better-auth answered the code with ${response.status} ${refusal}`);
  return 'start again';
}

/** Whether this browser has passed the first step of signing in, and owes a code. */
export const owesCode = (c: OfficeContext): boolean =>
  c.req.header('cookie')?.includes('counterfoil.two_factor=') ?? false;

/**
 * Prepares a second factor for the person asking. Nothing counts until `confirmSecondFactor`.
 * @returns the `otpauth:` address that an app reads as a QR code.
 */
export async function prepareSecondFactor(c: OfficeContext, password: string): Promise<{ uri: string } | 'wrong'> {
  const response = await ask(c, '/two-factor/enable', { password });
  if (response.ok) return { uri: ((await response.json()) as { totpURI: string }).totpURI };
  return wrongPassword(response);
}

/** Switches the second factor on, if `code` is one that the app shows now. */
export async function confirmSecondFactor(
  c: OfficeContext,
  code: string,
): Promise<'on' | 'wrong' | 'too many attempts'> {
  const response = await ask(c, '/two-factor/verify-totp', { code: code.replace(/\s/g, '') });
  if (response.ok) return 'on';
  return response.status === 429 ? 'too many attempts' : 'wrong';
}

export async function switchOffSecondFactor(c: OfficeContext, password: string): Promise<'off' | 'wrong'> {
  const response = await ask(c, '/two-factor/disable', { password });
  return response.ok ? 'off' : wrongPassword(response);
}

/** Makes ten new backup codes; the ones before stop working. */
export async function renewBackupCodes(c: OfficeContext, password: string): Promise<'renewed' | 'wrong'> {
  const response = await ask(c, '/two-factor/generate-backup-codes', { password });
  return response.ok ? 'renewed' : wrongPassword(response);
}

/** The backup codes that still work, for the one page that shows them. */
export async function backupCodes(c: OfficeContext): Promise<string[]> {
  const { backupCodes } = await authFor(c).api.viewBackupCodes({ body: { userId: signedIn(c).id } });
  return backupCodes;
}

async function wrongPassword(response: Response): Promise<'wrong'> {
  const refusal = await refusalOf(response);
  if (refusal !== 'INVALID_PASSWORD') throw new Error(`better-auth answered with ${response.status} ${refusal}`);
  return 'wrong';
}

const refusalOf = async (response: Response) => ((await response.json()) as { code?: string }).code;
