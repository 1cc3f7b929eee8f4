/**
 * A GIF is a receipt. Sixteen clients send sales, three in ten of them twice, while the whole process is killed again and
 * again. Afterwards each sale whose GIF arrived is in the file, once, with its commission.
 */

import { globSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { chances, startRunning, wasCutOff } from './running.ts';

const CLIENTS = 16;

export async function receiptsOutlive(kills: number): Promise<void> {
  const counterfoil = await startRunning();
  try {
    const coupons = await counterfoil.read(async (db) => {
      const { results } = await db
        .prepare(
          `SELECT c.code FROM coupons c JOIN campaigns k ON k.id = c.campaign_id JOIN affiliates a ON a.id = c.affiliate_id
           WHERE c.archived_at IS NULL AND c.expires_on IS NULL AND k.status = 'active' AND a.status = 'active' ORDER BY c.id LIMIT 5`,
        )
        .all<{ code: string }>();
      return results.map(({ code }) => code);
    });
    expect(coupons.length).toBe(5);

    const receipts = new Set<string>();
    const sent: string[] = [];
    let killed = false;
    const hit = async (order: string) => {
      const code = coupons[Number(order.slice(5)) % coupons.length]!;
      const query = `cc=${encodeURIComponent(code)}&amount=40.00&order=${order}`;
      const response = await fetch(`${counterfoil.trackerUrl}/track.gif?${query}`);
      if (response.status === 200 && (await response.arrayBuffer()).byteLength === 43) receipts.add(order);
    };
    const client = async (random: () => number) => {
      while (!killed) {
        const again = sent.length > 0 && random() < 0.3;
        const order = again ? sent[Math.floor(random() * sent.length)]! : `kill-${sent.length}`;
        if (!again) sent.push(order);
        // A hit that the kill cuts off has no receipt, and promises nothing.
        await hit(order).catch((error) => expect(killed || wasCutOff(error)).toBe(true));
      }
    };

    for (let kill = 0; kill < kills; kill++) {
      if (kill > 0) await counterfoil.start();
      killed = false;
      const random = chances(kill);
      const clients = Array.from({ length: CLIENTS }, () => client(random));
      const atLeast = receipts.size + 20 + Math.floor(random() * 100);
      while (receipts.size < atLeast) await new Promise((resolve) => setTimeout(resolve, 5));
      killed = true;
      await counterfoil.kill();
      await Promise.all(clients);
    }

    const [path] = globSync(join(counterfoil.stateDir, 'v3/d1/**/*.sqlite')).filter(
      (name) => !name.includes('metadata'),
    );
    const file = new Database(path!, { readonly: true });
    expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
    const kept = file
      .prepare(
        `SELECT s.order_key AS "order", count(DISTINCT s.id) AS sales, count(l.n) AS lines, sum(l.pending_minor) AS pending
         FROM sales s LEFT JOIN lines l ON l.sale_id = s.id WHERE s.order_key LIKE 'kill-%' GROUP BY s.order_key`,
      )
      .all() as { order: string; sales: number; lines: number; pending: number }[];
    file.close();
    const known = new Set(kept.map((sale) => sale.order));
    expect(receipts.size).toBeGreaterThanOrEqual(kills * 20);
    expect([...receipts].filter((order) => !known.has(order))).toEqual([]);
    expect(kept.filter((sale) => sale.sales !== 1 || sale.lines !== 1 || sale.pending <= 0)).toEqual([]);
    expect(sent.length).toBeGreaterThanOrEqual(kept.length);
    await counterfoil.auditClean();
  } finally {
    await counterfoil.close();
  }
}
