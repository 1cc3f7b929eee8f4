/** Tracker and office in one workerd on this machine, with the database and the coupon copies on disk. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptionsShape } from 'miniflare';
import { unstable_getMiniflareWorkerOptions as fromToml } from 'wrangler';
import { CannotStart, codeOf } from './cannot-start.ts';
import { migrate } from './migrate.ts';
import { freePort, HOST } from './ports.ts';
import { openState, type Secrets } from './state.ts';

const ROOT = join(import.meta.dirname, '..');
const TRACKER = 'counterfoil-tracker';
const OFFICE = 'counterfoil-office';
const DEMO = 'counterfoil-demo';

export interface Options {
  stateDir: string;
  /** 0 for any that is free. */
  trackerPort: number;
  adminPort: number;
  /** In place of those kept in the state directory. */
  secrets?: Partial<Secrets>;
}

export interface Served {
  mf: Miniflare;
  db: D1Database;
  /** Without a slash at the end. */
  trackerUrl: string;
  officeUrl: string;
  secrets: Secrets;
  /** Fills an empty database with the demo, as of a time in epoch milliseconds. */
  seedDemo(now: number): Promise<void>;
  /** Ends workerd and lets go of the state directory. */
  stop(): Promise<void>;
}

async function portsFor(options: Pick<Options, 'trackerPort' | 'adminPort'>) {
  const trackerPort = await freePort(options.trackerPort, 'TRACKER_PORT');
  const adminPort = await freePort(options.adminPort, 'ADMIN_PORT');
  if (trackerPort === adminPort) throw new CannotStart(`TRACKER_PORT and ADMIN_PORT are both ${trackerPort}.`);
  return { trackerPort, adminPort };
}

/**
 * Serves what `npm run build` left in `dist/`, on 127.0.0.1, with all migrations applied.
 * Throws `CannotStart` where a port is taken, or the state directory cannot be written, is in use, or is of another version.
 */
export async function serve({ stateDir, ...options }: Options): Promise<Served> {
  // First, for of two starts by mistake this is what the second one has to hear.
  const state = await openState(stateDir);
  const { trackerPort, adminPort } = await portsFor(options).catch((error) => {
    state.close();
    throw error;
  });
  const trackerUrl = `http://${HOST}:${trackerPort}`;
  const officeUrl = `http://${HOST}:${adminPort}`;

  const secrets = { ...state.secrets, ...options.secrets };
  const { VISITOR_SECRET, ...officeSecrets } = secrets;
  endWorkerdWithUs();
  const mf = startMiniflare(stateDir, [
    worker(TRACKER, 'wrangler.toml', 'dist/tracker.js', trackerPort, { VISITOR_SECRET }),
    worker(OFFICE, 'admin/wrangler.toml', 'dist/office.js', adminPort, {
      ...officeSecrets,
      TRACKER_URL: trackerUrl,
      OFFICE_URL: officeUrl,
    }),
    demoWriter(),
  ]);
  let stopCrons = async () => {};
  const stop = async () => {
    await stopCrons();
    await mf.dispose();
    state.close();
  };

  try {
    const db = (await mf.getD1Database('DB', TRACKER)) as unknown as D1Database;
    await migrate(db, stateDir);
    stopCrons = await startCrons(mf);
    return { mf, db, trackerUrl, officeUrl, secrets, seedDemo: (now) => seedDemo(mf, now), stop };
  } catch (error) {
    await stop();
    // Taken in the moment between our look and workerd's.
    if (codeOf(error) === 'ERR_ADDRESS_IN_USE') throw new CannotStart(`Port ${trackerPort} or ${adminPort} is taken.`);
    throw error;
  }
}

/** A worker as its wrangler.toml has it. A socket of its own keeps Miniflare's front, and its debugging pages, away. */
function worker(name: string, config: string, bundle: string, port: number, bindings: Record<string, string>) {
  const options = readToml(config);
  return {
    ...options,
    name,
    rootPath: ROOT,
    modules: [{ type: 'ESModule' as const, path: bundle }],
    bindings: { ...options.bindings, ...bindings },
    unsafeDirectSockets: [{ host: HOST, port }],
  };
}

/** On the same database. No socket leads to it: only this process can call it. */
function demoWriter() {
  const { compatibilityDate = '', compatibilityFlags = [], d1Databases = {} } = readToml('wrangler.toml');
  const modules = [{ type: 'ESModule' as const, path: 'dist/demo.js' }];
  return { name: DEMO, rootPath: ROOT, modules, compatibilityDate, compatibilityFlags, d1Databases };
}

async function seedDemo(mf: Miniflare, now: number): Promise<void> {
  const answer = await (await mf.getWorker(DEMO)).fetch('http://demo/', { method: 'POST', body: String(now) });
  if (!answer.ok) throw new Error(`the demo was not written: ${await answer.text()}`);
}

// Wrangler only reads the two files here: it has nothing to log in the home directory, which need not even exist.
process.env.WRANGLER_WRITE_LOGS = 'false';

const readToml = (config: string) => fromToml(join(ROOT, config)).workerOptions as V4WorkerOptionsShape;

function startMiniflare(
  stateDir: string,
  workers: (ReturnType<typeof worker> | ReturnType<typeof demoWriter>)[],
): Miniflare {
  const options = convertV4MiniflareOptions({
    workers,
    host: HOST,
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: join(stateDir, 'v3'),
    log: new Log(LogLevel.WARN),
  });
  // Miniflare's scratch directory outlives a kill -9. Kept here, and not in /tmp, the next start sweeps it away.
  const scratch = join(stateDir, 'tmp');
  rmSync(scratch, { recursive: true, force: true });
  const { TMPDIR } = process.env;
  process.env.TMPDIR = scratch;
  try {
    return new Miniflare(options);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/** Without this a kill -9 of Node leaves workerd serving, and writing, for ever. Elsewhere than on Linux it still does. */
function endWorkerdWithUs() {
  if (spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status !== 0) return;
  const workerd = createRequire(import.meta.resolve('miniflare'))('workerd') as { default: string };
  process.env.COUNTERFOIL_WORKERD = workerd.default;
  process.env.MINIFLARE_WORKERD_PATH = join(ROOT, 'scripts/workerd');
}

/**
 * Nothing fires crons on a laptop: done here, for those of the form "every so many minutes", and once at the start.
 * @returns what stops them, once those that run have ended
 */
async function startCrons(mf: Miniflare): Promise<() => Promise<void>> {
  const office = await mf.getWorker(OFFICE);
  const { cronTriggers = [] } = readToml('admin/wrangler.toml');
  const timers = cronTriggers.map((cron) => {
    const [, minutes] = /^\*\/(\d+) \* \* \* \*$/.exec(cron) ?? [];
    if (!minutes) throw new Error(`admin/wrangler.toml has the cron ${cron}, which scripts/serve.ts cannot fire`);
    let running: Promise<unknown>;
    const fire = () => {
      running = office.scheduled({ cron }).catch((error: unknown) => console.error(cron, error));
    };
    fire();
    const timer = setInterval(fire, Number(minutes) * 60_000);
    return () => {
      clearInterval(timer);
      return running;
    };
  });
  return async () => {
    await Promise.all(timers.map((end) => end()));
  };
}
