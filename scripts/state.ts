/** The state directory: the database and the coupon copies under `v3`, the secrets, and who is using it now. */
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CannotStart, codeOf } from './cannot-start.ts';

const UNFINISHED = 'unfinished';

export interface Secrets {
  /** The tracker makes each day's salt for visitor hashes from it. */
  VISITOR_SECRET: string;
  /** The office signs sessions with it. */
  AUTH_SECRET: string;
  /** Asked once, to create the first administrator. */
  SETUP_TOKEN: string;
}

/**
 * Takes a state directory for this process, until it ends however it ends; makes the directory if there is none.
 * @returns the secrets kept there, made on the first start
 * Throws `CannotStart` where it cannot be written, or another process has it.
 */
export async function openState(dir: string): Promise<{ secrets: Secrets; close: () => void }> {
  try {
    makeDir(resolve(dir, 'v3'));
    for (const path of [dir, join(dir, 'v3')]) accessSync(path, constants.W_OK | constants.X_OK);
    const close = await lock(realpathSync(dir));
    if (existsSync(join(dir, UNFINISHED))) {
      console.log('The demo data was only half written when Counterfoil was stopped: it is made afresh.');
      rmSync(join(dir, 'v3'), { recursive: true, force: true });
      rmSync(join(dir, UNFINISHED));
    }
    return { secrets: readSecrets(join(dir, 'secrets.json')), close };
  } catch (error) {
    if (codeOf(error) === '') throw error;
    throw new CannotStart(
      `The state directory ${dir} cannot be written (${codeOf(error)}); choose another with STATE_DIR.`,
    );
  }
}

/** Not `mkdirSync`'s `recursive`: that never returns below /proc (Node 24). */
function makeDir(dir: string) {
  if (existsSync(dir)) return;
  makeDir(dirname(dir));
  mkdirSync(dir);
}

/** Fills a new database. Where a kill comes between, the next start finds the mark and throws the half away. */
export async function fillWhole(dir: string, fill: () => Promise<void>): Promise<void> {
  writeFileSync(join(dir, UNFINISHED), '');
  await fill();
  rmSync(join(dir, UNFINISHED));
}

function readSecrets(file: string): Secrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const random = () => randomBytes(24).toString('base64url');
  const secrets = { VISITOR_SECRET: random(), AUTH_SECRET: random(), SETUP_TOKEN: random() };
  // Renamed into place, so that a kill leaves no half of it.
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

/**
 * Two workerds on one database lose writes. A listening socket is the lock, because the system lets go of it whatever
 * happens to us; a file with a process id would be believed after the id was given to somebody else.
 */
async function lock(dir: string): Promise<() => void> {
  const name = `counterfoil-${createHash('sha256').update(dir).digest('hex').slice(0, 32)}`;
  const file = join(tmpdir(), name);
  const path = { linux: `\0${name}`, win32: `\\\\.\\pipe\\${name}` }[process.platform as string] ?? file;
  for (;;) {
    const server = createServer((visitor) => visitor.destroy());
    try {
      await new Promise<void>((listening, failed) => server.once('error', failed).listen(path, listening));
      server.unref();
      return () => server.close();
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
      if (await answers(path))
        throw new CannotStart(`Another Counterfoil runs on ${dir}; stop it, or choose another STATE_DIR.`);
      // Only where a socket is a file can it outlive who listened on it.
      rmSync(file, { force: true });
    }
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
}
