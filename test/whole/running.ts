/** Counterfoil as a process of its own, to be killed: started as `npm start` does it, on a directory that outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, HOST } from '../../scripts/ports.ts';
import { openReadOnly } from '../../scripts/read-only.ts';
import { auditState } from './audit-state.ts';

export interface Running {
  stateDir: string;
  trackerUrl: string;
  officeUrl: string;
  /** Of the first start: by it the first administrator is made. */
  setupToken: string;
  /** Starts it again. */
  start(): Promise<void>;
  /** `kill -9`: no goodbye, and whatever was on its way is cut off. */
  kill(): Promise<void>;
  /** Reads the database, beside the process or after it. */
  read<Result>(look: (db: D1Database) => Promise<Result>): Promise<Result>;
  auditClean(): Promise<void>;
  /** Kills it and removes the directory. */
  close(): Promise<void>;
}

export async function startRunning(...args: string[]): Promise<Running> {
  const stateDir = mkdtempSync(join(tmpdir(), 'counterfoil-running-'));
  const [trackerPort, adminPort] = [await freePort(0, ''), await freePort(0, '')];
  const env = { ...process.env, STATE_DIR: stateDir, TRACKER_PORT: String(trackerPort), ADMIN_PORT: String(adminPort) };
  let child: ChildProcess | null = null;
  let said = '';

  const start = async () => {
    const started = spawn(process.execPath, ['scripts/start.ts', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    said = '';
    started.stdout.on('data', (text) => (said += text));
    const ended = once(started, 'exit');
    while (!said.includes('Ctrl-C')) {
      await Promise.race([once(started.stdout, 'data'), ended]);
      if (started.exitCode !== null) throw new Error(`it stopped with ${started.exitCode}, having said: ${said}`);
    }
  };
  const kill = async () => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const read: Running['read'] = async (look) => {
    const { db, close } = openReadOnly(stateDir);
    try {
      return await look(db);
    } finally {
      close();
    }
  };

  await start();
  return {
    stateDir,
    trackerUrl: `http://${HOST}:${trackerPort}`,
    officeUrl: `http://${HOST}:${adminPort}`,
    setupToken: /one-time token (\S+)/.exec(said)?.[1] ?? '',
    start,
    kill,
    read,
    auditClean: () => auditState(stateDir),
    close: async () => {
      await kill();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Whether a request failed because the process was killed under it. */
export const wasCutOff = (error: unknown): boolean =>
  error instanceof TypeError &&
  ['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNREFUSED'].includes(String((error.cause as { code?: string })?.code));
