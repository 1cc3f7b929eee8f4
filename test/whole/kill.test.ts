/**
 * A GIF is a receipt. Sixteen clients send sales, three in ten of them twice, while the whole process is killed
 * twenty times. Afterwards each sale whose GIF arrived is in the file, once, with its commission.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../scripts/ports.ts';

const KILLS = 20;
const CLIENTS = 16;

const stateDir = mkdtempSync(join(tmpdir(), 'counterfoil-kill-'));
let running: ChildProcess | undefined;

afterAll(() => {
  running?.kill('SIGKILL');
  rmSync(stateDir, { recursive: true, force: true });
});

/** Starts the real thing, and resolves when the tracker answers. */
async function start(trackerPort: number, adminPort: number): Promise<ChildProcess> {
  const env = { ...process.env, STATE_DIR: stateDir, TRACKER_PORT: String(trackerPort), ADMIN_PORT: String(adminPort) };
  const child = spawn(process.execPath, ['scripts/start.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  running = child;
  const printed = new Promise<void>((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (text) => {
      said += text;
      if (said.includes(`:${adminPort}`)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`it stopped with ${code}, having said: ${said}`)));
  });
  await printed;
  child.removeAllListeners('exit');
  return child;
}

const file = () => {
  const [path] = globSync(join(stateDir, 'v3/d1/**/*.sqlite')).filter((name) => !name.includes('metadata'));
  return new Database(path!, { readonly: true });
};

test('every sale with a receipt outlives the kill, once, with its commission', { timeout: 300_000 }, async () => {
  const [trackerPort, adminPort] = [await freePort(0, ''), await freePort(0, '')];
  let child = await start(trackerPort, adminPort);
  const before = file();
  const coupons = before
    .prepare(
      `SELECT c.code FROM coupons c JOIN campaigns k ON k.id = c.campaign_id JOIN affiliates a ON a.id = c.affiliate_id
       WHERE c.archived_at IS NULL AND c.expires_on IS NULL AND k.status = 'active' AND a.status = 'active' ORDER BY c.id LIMIT 5`,
    )
    .pluck()
    .all() as string[];
  before.close();
  expect(coupons.length).toBeGreaterThan(1);

  const receipts = new Set<string>();
  const sent: string[] = [];
  let killed = false;
  const hit = async (order: string) => {
    const code = coupons[Number(order.slice(5)) % coupons.length]!;
    const response = await fetch(
      `http://127.0.0.1:${trackerPort}/track.gif?cc=${encodeURIComponent(code)}&amount=40.00&order=${order}`,
    );
    if (response.status === 200 && (await response.arrayBuffer()).byteLength === 43) receipts.add(order);
  };
  const client = async (random: () => number) => {
    while (!killed) {
      const again = sent.length > 0 && random() < 0.3;
      const order = again ? sent[Math.floor(random() * sent.length)]! : `kill-${sent.length}`;
      if (!again) sent.push(order);
      // A hit that the kill cuts off has no receipt, and promises nothing.
      await hit(order).catch((error) =>
        expect(killed || error.cause?.code === 'UND_ERR_SOCKET' || error.cause?.code === 'ECONNRESET').toBe(true),
      );
    }
  };

  for (let kill = 0; kill < KILLS; kill++) {
    killed = false;
    const random = generator(kill);
    const clients = Array.from({ length: CLIENTS }, () => client(random));
    const atLeast = receipts.size + 20 + Math.floor(random() * 100);
    while (receipts.size < atLeast) await new Promise((resolve) => setTimeout(resolve, 5));
    killed = true;
    child.kill('SIGKILL');
    await Promise.all(clients);
    child = await start(trackerPort, adminPort);
  }
  child.kill('SIGKILL');

  const db = file();
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  const kept = db
    .prepare(
      `SELECT s.order_key AS "order", count(DISTINCT s.id) AS sales, count(m.id) AS lines
       FROM sales s LEFT JOIN commissions m ON m.sale_id = s.id WHERE s.order_key LIKE 'kill-%' GROUP BY s.order_key`,
    )
    .all() as { order: string; sales: number; lines: number }[];
  const known = new Set(kept.map((sale) => sale.order));
  db.close();
  expect(receipts.size).toBeGreaterThanOrEqual(KILLS * 20);
  expect([...receipts].filter((order) => !known.has(order))).toEqual([]);
  expect(kept.filter((sale) => sale.sales !== 1 || sale.lines !== 1)).toEqual([]);
  expect(sent.length).toBeGreaterThanOrEqual(kept.length);
});

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
