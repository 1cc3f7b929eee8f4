import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, HOST } from '../../scripts/ports.ts';

const place = mkdtempSync(join(tmpdir(), 'counterfoil-start-'));
/** The directory of the test that runs; each group goes on where its last test has stopped. */
let stateDir: string;
let trackerPort: number;
let adminPort: number;
const children: ChildProcess[] = [];

beforeAll(async () => {
  trackerPort = await freePort(0, '');
  adminPort = await freePort(0, '');
});

afterAll(async () => {
  await Promise.all(children.map((child) => end(child, 'SIGKILL')));
  rmSync(place, { recursive: true, force: true });
});

describe('with the demo', () => {
  let first: Awaited<ReturnType<typeof started>>;
  beforeAll(async () => {
    stateDir = join(place, 'demo');
    first = await started();
  });

  test('a first start prints both addresses, the demo sign-ins and a pixel that answers', async () => {
    const { output } = first;
    expect(output).toContain(`http://${HOST}:${trackerPort}\n`);
    expect(output).toContain(`http://${HOST}:${adminPort}\n`);
    for (const email of ['owner@demo.test', 'maria@demo.test', 'joao@demo.test']) expect(output).toContain(email);
    expect(output).toContain('counterfoil-demo');
    expect(output).not.toContain('/setup');

    const pixel = output.match(/http:\S+track\.gif\S+/)?.[0];
    const answer = await fetch(pixel!);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif']);
    expect((await fetch(`http://${HOST}:${adminPort}/sign-in`)).status).toBe(200);
    expect(statSync(join(stateDir, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  test('kill -9 takes workerd along, and the next start goes on where it was', async () => {
    await end(first.child, 'SIGKILL');
    await expectNobodyServing();

    const again = await started();
    expect(again.output).toContain(signIns(first.output));
    expect(readdirSync(join(stateDir, 'tmp'))).toHaveLength(1);
    await end(again.child, 'SIGKILL');
  });

  test('killed while the demo is written, the next start makes it afresh', async () => {
    writeFileSync(join(stateDir, 'unfinished'), '');
    const again = await started();
    expect(again.output).toContain('made afresh');
    expect(again.output).toContain(signIns(first.output));
    await end(again.child, 'SIGKILL');
  });
});

describe('empty', () => {
  let running: ChildProcess;
  beforeAll(() => {
    stateDir = join(place, 'empty');
  });

  test('--empty leads the newcomer to the setup page, with a token that stays the same until it is used', async () => {
    const first = await started('--empty');
    const token = first.output.match(/one-time token (\S+)/)?.[1];
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(first.output).not.toContain('demo.test');
    expect((await fetch(`http://${HOST}:${adminPort}/setup`)).status).toBe(200);

    await end(first.child, 'SIGTERM');
    const again = await started('--empty');
    expect(again.output).toContain(`one-time token ${token}\n`);
    running = again.child;
  });

  test('a second start on one state directory is one sentence', async () => {
    const ports = { TRACKER_PORT: String(await freePort(0, '')), ADMIN_PORT: String(await freePort(0, '')) };
    expect(await refused(ports)).toMatch(/^Another Counterfoil runs on \S+; stop it, or choose another STATE_DIR\.\n$/);
  });

  test('stopped by Ctrl-C, it ends quietly and leaves no port open', async () => {
    expect(await end(running, 'SIGINT')).toBe(0);
    await expectNobodyServing();
  });

  test('a state directory of another version is one sentence, and stays as it is', async () => {
    const sentence =
      `The state directory ${stateDir} was made by another version of Counterfoil (its 0001_ledger_guards.sql is not ours): ` +
      'start that version, or choose another directory with STATE_DIR, or delete this one if nothing in it is needed.\n';
    change(`UPDATE migration_hashes SET sha256 = 'other' WHERE name = '0001_ledger_guards.sql'`);
    expect(await refused()).toBe(sentence);
    // A version before kept no hashes, and one after has files that we lack.
    change('DROP TABLE migration_hashes');
    expect(await refused()).toBe(sentence.replace('0001_ledger_guards', '0000_ledger'));
    change(
      'DELETE FROM d1_migrations',
      'CREATE TABLE migration_hashes (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL) STRICT',
      `INSERT INTO d1_migrations (name) VALUES ('0099_later.sql')`,
      `INSERT INTO migration_hashes VALUES ('0099_later.sql', 'later')`,
    );
    expect(await refused()).toBe(sentence.replace('0001_ledger_guards', '0099_later'));
  });
});

describe('what cannot start', () => {
  beforeAll(() => {
    stateDir = join(place, 'refused');
  });

  test('a taken port is one sentence that names it', async () => {
    const other = createServer().listen(adminPort, HOST);
    await once(other, 'listening');
    expect(await refused()).toBe(`Port ${adminPort} is taken by another program; choose another with ADMIN_PORT.\n`);
    other.close();
  });

  test('a port that is none is one sentence', async () => {
    expect(await refused({ TRACKER_PORT: 'http' })).toBe(
      'TRACKER_PORT is "http"; it has to be a port, from 1 to 65535.\n',
    );
  });

  test('a state directory that cannot be written is one sentence', async () => {
    const file = join(place, 'a file');
    writeFileSync(file, '');
    expect(await refused({ STATE_DIR: file })).toBe(
      `The state directory ${file} cannot be written (ENOTDIR); choose another with STATE_DIR.\n`,
    );
  });
});

/** Writes into the database while nobody serves it. */
function change(...statements: string[]) {
  const [path] = globSync(join(stateDir, 'v3/d1/**/*.sqlite')).filter((file) => !file.endsWith('metadata.sqlite'));
  const file = new Database(path!);
  for (const statement of statements) file.exec(statement);
  file.close();
}

function run(args: string[] = [], env: Record<string, string> = {}) {
  const places = { STATE_DIR: stateDir, TRACKER_PORT: String(trackerPort), ADMIN_PORT: String(adminPort) };
  const child = spawn(process.execPath, ['scripts/start.ts', ...args], {
    env: { ...process.env, ...places, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = { output: '', errors: '' };
  child.stdout.on('data', (chunk) => (said.output += chunk));
  child.stderr.on('data', (chunk) => (said.errors += chunk));
  return { child, said };
}

/** Starts it, and resolves once it says how to stop it. Nothing may have been said on stderr. */
async function started(...args: string[]) {
  const { child, said } = run(args);
  const ended = once(child, 'exit');
  while (!said.output.includes('Ctrl-C')) {
    await Promise.race([once(child.stdout, 'data'), ended]);
    if (child.exitCode !== null) throw new Error(`It did not start: ${said.errors}`);
  }
  expect(said.errors).toBe('');
  return { child, output: said.output };
}

/** Both addresses and the demo's people; the pixel after them has a new order each time. */
const signIns = (output: string) => output.slice(output.indexOf('  Tracker'), output.indexOf('  A pixel'));

/** Starts what has to refuse; resolves with what it said on stderr. */
async function refused(env: Record<string, string> = {}): Promise<string> {
  const { child, said } = run(['--empty'], env);
  const [code] = await once(child, 'close');
  expect([code, said.output]).toEqual([1, '']);
  return said.errors;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}

/** The system takes a moment to close what a killed process had open. */
async function expectNobodyServing() {
  for (const port of [trackerPort, adminPort])
    await expect.poll(() => fetch(`http://${HOST}:${port}/`).catch(() => 'nobody'), { timeout: 3000 }).toBe('nobody');
}
