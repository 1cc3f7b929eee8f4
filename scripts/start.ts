/** `npm start`: Counterfoil on this machine. TRACKER_PORT, ADMIN_PORT and STATE_DIR say where; --empty leaves the demo out. */
import { readFileSync } from 'node:fs';
import { CannotStart } from './cannot-start.ts';
import { demoPixel } from './demo.ts';
import { type Served, serve } from './serve.ts';
import { fillWhole } from './state.ts';

try {
  await start();
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  console.error(error.message);
  process.exit(1);
}

async function start() {
  // Leaving is enough: Miniflare ends workerd on the way out, and what has been answered is on disk.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(0));
  stopWithNpm();

  const stateDir = process.env.STATE_DIR || '.state';
  const trackerPort = portFrom('TRACKER_PORT', 8787);
  const adminPort = portFrom('ADMIN_PORT', 8788);
  const served = await serve({ stateDir, trackerPort, adminPort });
  if (!process.argv.includes('--empty') && (await isEmpty(served.db)))
    await fillWhole(stateDir, () => served.seedDemo(Date.now()));
  console.log(await greeting(served));
}

function portFrom(name: string, usual: number): number {
  const port = Number(process.env[name] || usual);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new CannotStart(`${name} is "${process.env[name]}"; it has to be a port, from 1 to 65535.`);
}

/** npm killed with -9 tells nobody; its script would serve on, unseen. Looked at twice a second, as no event says it. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const npm = starter();
  setInterval(() => starter() !== npm && process.exit(0), 500).unref();
}

/** The process that started this one; on Linux the one before, where that is the shell npm runs its scripts in. */
function starter(): number {
  try {
    // Field 2 is the command's name, field 4 its parent (proc(5)).
    const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8')) ?? [];
    return name === 'sh' ? Number(parent) : process.ppid;
  } catch {
    return process.ppid;
  }
}

async function isEmpty(db: D1Database): Promise<boolean> {
  return !(await db.prepare('SELECT id FROM users UNION ALL SELECT id FROM shops LIMIT 1').first());
}

async function greeting({ db, trackerUrl, officeUrl, secrets }: Served): Promise<string> {
  const { results } = await db.prepare('SELECT email, role FROM users').all<{ email: string; role: string }>();
  const lines = ['', 'Counterfoil is running.', '', `  Tracker   ${trackerUrl}`, `  Office    ${officeUrl}`];
  if (results.some((user) => user.email === 'owner@demo.test'))
    lines.push(
      '',
      '  Sign in   owner@demo.test (administrator), maria@demo.test or joao@demo.test (affiliates)',
      '            with the password counterfoil-demo',
      `  A pixel   ${demoPixel(trackerUrl)}`,
    );
  if (!results.some((user) => user.role === 'administrator'))
    lines.push(
      '',
      `  Create the first administrator at ${officeUrl}/setup`,
      `  with the one-time token ${secrets.SETUP_TOKEN}`,
    );
  return [...lines, '', 'Ctrl-C stops it.', ''].join('\n');
}
