/**
 * The office is killed in the middle of an import, of a bulk approval and of an undo, again and again, and gone on with as
 * a person does it: look, and press the button again. After each kill all that is there adds up, and in the end nothing is
 * missing and nothing there twice.
 */
import { expect } from 'vitest';
import { chances, type Running, startRunning, wasCutOff } from './running.ts';

/** With these notes beside them a file of so many rows has several pieces. */
const ROWS = 1_500;
const NOTE = 'x'.repeat(600);
/** As many commissions as a page of the office has. */
const PAGE = 50;

/** @param kills three a file: while it is brought in, approved, and taken back. */
export async function killedAtWork(kills: number): Promise<void> {
  const counterfoil = await startRunning('--empty');
  try {
    const office = await openDoor(counterfoil);
    const random = chances(kills);
    let cut = 0;
    let spanMs = 600;
    const killIn = async (work: () => Promise<unknown>) => {
      const working = work().then(
        () => false,
        (error) => {
          expect(wasCutOff(error)).toBe(true);
          return true;
        },
      );
      await new Promise((resolve) => setTimeout(resolve, random() * spanMs));
      await counterfoil.kill();
      if (await working) cut++;
      // Killed too late to be cut off: earlier next time.
      else spanMs *= 0.8;
      await counterfoil.auditClean();
      await counterfoil.start();
    };

    for (let file = 0; file * 3 < kills; file++) {
      const id = await office.send(`till-${file}.csv`, fileOf(file));
      await killIn(() => office.begin(id));
      await office.goOn(id, 'done');
      expect(await sums(counterfoil, file)).toEqual({ sales: ROWS, pending: ROWS * 125, approved: 0 });

      await killIn(() => office.approveAll());
      await office.approveAll();
      expect(await sums(counterfoil, file)).toEqual({ sales: ROWS, pending: 0, approved: ROWS * 125 });

      await killIn(() => office.post(`/admin/imports/${id}/undo`, {}));
      await office.goOn(id, 'undone');
      expect(await sums(counterfoil, file)).toEqual({ sales: 0, pending: 0, approved: 0 });
      await counterfoil.auditClean();
    }
    expect(cut).toBeGreaterThanOrEqual(Math.floor(kills / 2));
  } finally {
    await counterfoil.close();
  }
}

/** A till's week: each sale pays Maria 1.25 of 12.50. */
function fileOf(file: number): string {
  const day = new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10);
  const rows = Array.from({ length: ROWS }, (_, row) => `MARIA10,12.50,till-${file}-${row},${day},${NOTE}`);
  return ['coupon,amount,order,date,note', ...rows].join('\n');
}

/** What stands of a file's orders. */
function sums(counterfoil: Running, file: number) {
  return counterfoil.read((db) =>
    db
      .prepare(
        `SELECT count(iif(s.state = 'standing', 1, NULL)) AS sales, coalesce(sum(m.pending_minor), 0) AS pending,
           coalesce(sum(m.approved_minor), 0) AS approved
         FROM sales s LEFT JOIN commissions m ON m.sale_id = s.id WHERE s.order_key LIKE ?1`,
      )
      .bind(`till-${file}-%`)
      .first(),
  );
}

/** The office as Olivia uses it; her session outlives the kills. */
async function openDoor(counterfoil: Running) {
  const { officeUrl } = counterfoil;
  let cookie = '';
  const ask = (path: string, init: RequestInit) =>
    fetch(officeUrl + path, { ...init, headers: { cookie, origin: officeUrl }, redirect: 'manual' });
  const post = async (path: string, fields: Record<string, string | string[]>) => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    const answer = await ask(path, { method: 'POST', body });
    await answer.arrayBuffer();
    expect(answer.status, path).toBe(303);
    return answer;
  };
  const who = { email: 'olivia@shop.test', password: 'tickets and counterfoils' };
  await post('/setup', { token: counterfoil.setupToken, name: 'Olivia', ...who });
  const signedIn = await post('/sign-in', who);
  cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  await post('/admin/settings/shops/new', {
    name: 'Azulejo',
    address: 'https://azulejo.test',
    currency: 'EUR',
    timeZone: 'Europe/Lisbon',
  });
  await post('/admin/campaigns/new', {
    shop: '1',
    name: 'Autumn',
    status: 'active',
    commissionKind: 'percent',
    percent: '10',
    approval: 'manual',
    holdDays: '0',
    requestMode: 'at once',
  });
  await post('/admin/affiliates/new', { name: 'Maria', email: 'maria@azulejo.test', note: '' });
  await post('/admin/coupons/new', { code: 'MARIA10', campaign: '1', affiliate: '1', expiresOn: '' });

  const statusOf = (id: string) =>
    counterfoil.read((db) => db.prepare('SELECT status FROM imports WHERE id = ?1').bind(Number(id)).first('status'));
  const begin = async (id: string) => {
    const preview = await (await ask(`/admin/imports/${id}`, {})).text();
    const pass = /name="pass" value="(\d+)"/.exec(preview)?.[1];
    if (pass) await post(`/admin/imports/${id}/start`, { pass });
  };
  return {
    post,
    /** Sends a file and has it looked through. @returns the import's id. */
    send: async (name: string, file: string) => {
      const body = new FormData();
      body.set('file', new File([file], name, { type: 'text/csv' }));
      const answer = await ask('/admin/offline-sales/import', { method: 'POST', body });
      expect(answer.status).toBe(303);
      return answer.headers.get('location')!.split('/').at(-1)!;
    },
    begin,
    /** Presses whatever leads on until the import has come to its end, and nothing waits to be decided again. */
    goOn: async (id: string, end: 'done' | 'undone') => {
      if ((await statusOf(id)) === 'previewed') await begin(id);
      if (end === 'undone' && (await statusOf(id)) === 'done') await post(`/admin/imports/${id}/undo`, {});
      while ((await statusOf(id)) !== end) await post(`/admin/imports/${id}/step`, {});
      const waiting = () =>
        counterfoil.read((db) => db.prepare('SELECT count(*) AS n FROM to_decide').first<number>('n'));
      await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    },
    approveAll: async () => {
      const seen = await counterfoil.read((db) =>
        db
          .prepare('SELECT sale_id, affiliate_id, lines FROM commissions WHERE pending_minor <> 0')
          .all<{ sale_id: number; affiliate_id: number; lines: number }>(),
      );
      const names = seen.results.map((row) => `${row.sale_id}-${row.affiliate_id}-${row.lines}`);
      for (let from = 0; from < names.length; from += PAGE)
        await post('/admin/commissions/approve', { id: names.slice(from, from + PAGE), only: '', back: '' });
    },
  };
}
