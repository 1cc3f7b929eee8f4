/** The audit says yes to what the ledger has written, and names whatever somebody else has changed in the file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../ledger/sales/audit.ts';
import { openReadOnly } from '../../scripts/read-only.ts';
import { serve } from '../../scripts/serve.ts';
import { NOON } from '../people.ts';

const place = mkdtempSync(join(tmpdir(), 'counterfoil-audit-'));
/** The demo as it was on 23 November 2026, served by nobody. */
const demo = join(place, 'demo');
/** A copy of it that somebody has changed. */
const changed = join(place, 'changed');

beforeAll(async () => {
  const served = await serve({ stateDir: demo, trackerPort: 0, adminPort: 0 });
  await served.seedDemo(NOON);
  await served.stop();
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

function open(stateDir: string): Database.Database {
  const [path] = globSync(join(stateDir, 'v3/d1/**/*.sqlite')).filter((file) => !file.endsWith('metadata.sqlite'));
  return new Database(path!);
}

/** Makes a copy of the demo and writes into it what no trigger would let through. */
function change(...statements: string[]) {
  rmSync(changed, { recursive: true, force: true });
  cpSync(demo, changed, { recursive: true });
  const file = open(changed);
  file.pragma('foreign_keys = OFF');
  const triggers = file.prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger'`).pluck().all();
  for (const trigger of triggers) file.exec(`DROP TRIGGER ${trigger}`);
  for (const statement of statements) expect(file.prepare(statement).run().changes, statement).toBe(1);
  file.close();
}

/** What the audit finds different in a directory, a line each. */
async function found(stateDir: string): Promise<string[]> {
  const { db, close } = openReadOnly(stateDir);
  const differences: string[] = [];
  for await (const { where, text } of audit(db)) differences.push(`${where}: ${text}`);
  close();
  return differences;
}

/** `npm run audit`. */
async function run(stateDir: string) {
  const child = spawn(process.execPath, ['scripts/audit.ts'], { env: { ...process.env, STATE_DIR: stateDir } });
  const said = { output: '', errors: '' };
  child.stdout.on('data', (chunk) => (said.output += chunk));
  child.stderr.on('data', (chunk) => (said.errors += chunk));
  const [code] = await once(child, 'close');
  return { code, ...said };
}

test('the demo adds up; the last line says what was looked at', async () => {
  const { code, output, errors } = await run(demo);
  expect([code, errors]).toEqual([0, '']);
  expect(output).toMatch(
    /^Looked at orders: \d+, reports: 1,\d+, verdicts: \d+, commissions: \d+, lines: 2,\d+, days of totals: \d+, balances of affiliates: 6\. All is as it adds up\.\n$/,
  );
});

test('a difference is a line, and the exit code is 1', async () => {
  change(`UPDATE commissions SET pending_minor = pending_minor + 1 WHERE ${commission('AZ-51211')}`);
  const { code, output } = await run(changed);
  expect(code).toBe(1);
  const lines = output.trimEnd().split('\n');
  expect(lines).toContain(
    'order AZ-51211 of shop 1: of affiliate 2, what they have is 480, and by its reports it would be 479',
  );
  expect(lines.at(-1)).toMatch(/^Looked at .* Differences: \d+\.$/);
});

test('where there is no database it says so, and asks where', async () => {
  expect(await run(join(place, 'nothing'))).toEqual({
    code: 2,
    output: '',
    errors: `There is no database in ${join(place, 'nothing')}; say with STATE_DIR where Counterfoil keeps its data.\n`,
  });
});

const sale = (orderKey: string) => `order_key = '${orderKey}'`;
const saleId = (orderKey: string) => `(SELECT id FROM sales WHERE ${sale(orderKey)})`;
const commission = (orderKey: string) => `sale_id = ${saleId(orderKey)}`;
const first = (orderKey: string) => `${sale(orderKey)} AND place = 1`;

/**
 * AZ-51211: João's, 47.90 by pixel and webhook, 4.79 pending. AZ-51209: Maria's, about which two browsers disagree.
 * AZ-51198: Inês's, held. AZ-51207: a pixel whose amount cannot be read. AZ-51197: Maria's, all refunded.
 */
describe('what is changed behind the ledger’s back is named', () => {
  test.each([
    [
      'a sum',
      `UPDATE commissions SET approved_minor = 500 WHERE ${commission('AZ-51211')}`,
      [
        /^commission \d+-2: approved is 500, and its lines add up to 0$/,
        /^order AZ-51211 of shop 1: of affiliate 2, what they have is 979, and by its reports it would be 479$/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: approved is \d+, and sales and commissions add up to \d+$/,
      ],
    ],
    [
      'a number of lines',
      `UPDATE commissions SET lines = 7 WHERE ${commission('AZ-51211')}`,
      [/^commission \d+-2: it counts 7 lines, and has 1$/],
    ],
    [
      'a line',
      `UPDATE lines SET pending_minor = 480 WHERE ${commission('AZ-51211')}`,
      [/^commission \d+-2: pending is 479, and its lines add up to 480$/],
    ],
    [
      'a line’s number',
      `UPDATE lines SET n = 3 WHERE ${commission('AZ-51211')}`,
      [/^commission \d+-2: its 1 lines are numbered up to 3$/],
    ],
    ['a lost line', `DELETE FROM lines WHERE ${commission('AZ-51211')}`, [/^commission \d+-2: it has no lines$/]],
    [
      'a lost commission',
      `DELETE FROM commissions WHERE ${commission('AZ-51211')}`,
      [
        /^order AZ-51211 of shop 1: affiliate 2 is owed 479, and has no commission$/,
        /^commission \d+-2: it has lines, and is not there itself$/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: pending is \d+, and sales and commissions add up to \d+$/,
      ],
    ],
    [
      'a commission’s time',
      `UPDATE commissions SET sold_at = sold_at - 1 WHERE ${commission('AZ-51211')}`,
      [/^commission \d+-2: its shop or time is not that of its sale$/],
    ],
    [
      'an amount',
      `UPDATE sales SET amount_minor = 9900 WHERE ${sale('AZ-51211')}`,
      [
        /^order AZ-51211 of shop 1: its amount is 9900, and by its reports it would be 4790$/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: sold is \d+, and sales and commissions add up to \d+$/,
      ],
    ],
    [
      'what was refunded',
      `UPDATE sales SET refunded_minor = 6999 WHERE ${sale('AZ-51197')}`,
      [
        /^order AZ-51197 of shop 1: what is refunded is 6999, and by its reports it would be 7000$/,
        /^total of 2026-11-13, shop 1, campaign 1, affiliate 1, EUR: refunded is 7000, and sales and commissions add up to 6999$/,
      ],
    ],
    [
      'a state',
      `UPDATE sales SET state = 'void' WHERE ${sale('AZ-51211')}`,
      [
        /^order AZ-51211 of shop 1: its state is void, and by its reports it would be standing$/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: sales is \d+, and sales and commissions add up to \d+$/,
        /^total of 2026-11-23, .* sold is /,
      ],
    ],
    [
      'whose it is',
      `UPDATE sales SET affiliate_id = 1, coupon_id = 1 WHERE ${sale('AZ-51211')}`,
      [
        /^order AZ-51211 of shop 1: its coupon is 1, and by its reports it would be \d+$/,
        /^order AZ-51211 of shop 1: its affiliate is 1, and by its reports it would be 2$/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 1, EUR: sales is \d+/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 1, EUR: sold is \d+/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: sales is \d+/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: sold is \d+/,
      ],
    ],
    [
      'a day',
      `UPDATE sales SET day = '2026-10-01' WHERE ${sale('AZ-51211')}`,
      [
        /^order AZ-51211 of shop 1: its day is 2026-10-01, and by its reports it would be 2026-11-23$/,
        /^order AZ-51211 of shop 1: its day is not that of its time$/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: sales is \d+/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: sold is \d+/,
        /^total of 2026-11-23, shop 1, campaign 1, affiliate 2, EUR: pending is \d+/,
      ],
    ],
    [
      'a question',
      `UPDATE sales SET question = NULL, question_by = NULL, questions = 0 WHERE ${sale('AZ-51209')}`,
      [
        /^order AZ-51209 of shop 1: its question is nothing, and by its reports it would be Another coupon is named: \S+$/,
        /^order AZ-51209 of shop 1: who raised its question is nothing, and by its reports it would be \w+$/,
        /^order AZ-51209 of shop 1: the number of its questions is 0, and by its reports it would be 1$/,
      ],
    ],
    [
      'a refusal',
      `UPDATE commissions SET declined = 'Because.' WHERE ${commission('AZ-51211')}`,
      [/^order AZ-51211 of shop 1: of affiliate 2, declined is Because\., and by its reports it would be nothing$/],
    ],
    [
      'a hold',
      `UPDATE commissions SET held = NULL WHERE ${commission('AZ-51198')}`,
      [/^order AZ-51198 of shop 1: of affiliate 3, held is nothing, and by its reports it would be Was it for .*$/],
    ],
    [
      'what is confirmed',
      `UPDATE commissions SET confirmed = 0 WHERE ${commission('AZ-51211')}`,
      [
        /^order AZ-51211 of shop 1: of affiliate 2, whether it is confirmed is false, and by its reports it would be true$/,
      ],
    ],
    [
      'when it is approved',
      `UPDATE commissions SET available_at = 5 WHERE ${commission('AZ-51211')}`,
      [
        /^order AZ-51211 of shop 1: of affiliate 2, when it is approved by itself is 5, and by its reports it would be nothing$/,
      ],
    ],
    [
      'a lost verdict',
      `DELETE FROM verdicts WHERE ${sale('AZ-51207')}`,
      [/^order AZ-51207 of shop 1: report \w+ has no verdict, and would be "unreadable"$/],
    ],
    [
      'a verdict that waits no more',
      `UPDATE verdicts SET waits = 0 WHERE ${sale('AZ-51207')}`,
      [/^order AZ-51207 of shop 1: whether report \w+ waits is false, and by its reports it would be true$/],
    ],
    [
      'a verdict on nothing',
      `UPDATE verdicts SET report_id = 'nobody' WHERE ${sale('AZ-51207')}`,
      [
        /^order AZ-51207 of shop 1: report \w+ has no verdict, and would be "unreadable"$/,
        /^report nobody, order AZ-51207 of shop 1: it is a verdict on a report that is not there$/,
      ],
    ],
    [
      'what a report says',
      `UPDATE reports SET amount_minor = 5000 WHERE ${sale('AZ-51211')} AND source = 'webhook'`,
      [
        /^order AZ-51211 of shop 1: its amount is 4790, and by its reports it would be 5000$/,
        /^order AZ-51211 of shop 1: of affiliate 2, what they have is 479, and by its reports it would be 500$/,
      ],
    ],
    [
      'a lost report',
      `DELETE FROM reports WHERE ${first('AZ-51211')}`,
      [
        /^order AZ-51211 of shop 1: it counts 2 reports, and has 1$/,
        /^order AZ-51211 of shop 1: its 1 reports stand in places up to 2$/,
        /^order AZ-51211 of shop 1: its time is \d+, and by its reports it would be \d+$/,
      ],
    ],
    [
      'a report of another order',
      `UPDATE reports SET order_key = 'AZ-0' WHERE ${sale('AZ-51210')}`,
      [
        /^order AZ-51210 of shop 1: nobody has reported it$/,
        /^report \w+, order AZ-0 of shop 1: its sale is not there$/,
      ],
    ],
    [
      'a lost sale',
      `DELETE FROM sales WHERE ${sale('AZ-51210')}`,
      [
        /^commission \d+-1: its sale is not there$/,
        /^report \w+, order AZ-51210 of shop 1: its sale is not there$/,
        /^total of 2026-11-23, shop 1, campaign 2, affiliate 1, EUR: sales is \d+, and sales and commissions add up to \d+$/,
        /^total of 2026-11-23, shop 1, campaign 2, affiliate 1, EUR: sold is \d+, and sales and commissions add up to \d+$/,
        /^total of 2026-11-23, shop 1, campaign 2, affiliate 1, EUR: pending is \d+, and sales and commissions add up to \d+$/,
      ],
    ],
    [
      'a day’s total',
      `UPDATE totals SET paid_minor = paid_minor + 1 WHERE ${total('day', '2026-09-15')}`,
      [
        /^total of 2026-09-15, shop 1, campaign 1, affiliate 1, EUR: paid is \d+, and sales and commissions add up to \d+$/,
        /^total of 2026-09-15 by campaign, shop 1, campaign 1, EUR: paid is \d+, and its affiliates add up to \d+$/,
        /^total of 2026-09, shop 1, campaign 1, affiliate 1, EUR: paid is \d+, and its days add up to \d+$/,
        /^balance of affiliate 1, EUR: paid is \d+, and their days add up to \d+$/,
      ],
    ],
    [
      'a month’s total',
      `UPDATE totals SET sales = sales + 1 WHERE ${total('month', '2026-09')}`,
      [/^total of 2026-09, shop 1, campaign 1, affiliate 1, EUR: sales is \d+, and its days add up to \d+$/],
    ],
    [
      'a balance',
      `UPDATE totals SET pending_minor = pending_minor + 9 WHERE ${total('month', '2026-09')}`,
      [
        /^total of 2026-09, shop 1, campaign 1, affiliate 1, EUR: pending is \d+, and its days add up to \d+$/,
        /^balance of affiliate 1, EUR: pending is \d+, and their days add up to \d+$/,
      ],
    ],
    [
      'a lost total',
      `DELETE FROM totals WHERE ${total('campaign', '2026-09-15', 0)}`,
      [
        /^total of 2026-09-15 by campaign, shop 1, campaign 1, EUR: sales is 0, and its affiliates add up to \d+$/,
        /^total of 2026-09-15 by campaign, .* sold is /,
        /^total of 2026-09-15 by campaign, .* paid is /,
      ],
    ],
    [
      'a total of nothing',
      `INSERT INTO totals VALUES ('month', 1, '2031-01', 1, 1, 'EUR', 0, 0, 0, 700, 0, 0, 0)`,
      [
        /^total of 2031-01, shop 1, campaign 1, affiliate 1, EUR: pending is 700, and its days add up to 0$/,
        /^balance of affiliate 1, EUR: pending is \d+, and their days add up to \d+$/,
      ],
    ],
  ] satisfies [string, string, RegExp[]][])('%s', async (_, statement, differences) => {
    change(statement);
    const lines = await found(changed);
    for (const difference of differences) expect(lines).toContainEqual(expect.stringMatching(difference));
    expect(
      lines.filter((line) => !differences.some((difference) => difference.test(line))),
      'and nothing else',
    ).toEqual([]);
  });

  test('a report that is there twice', async () => {
    change(`UPDATE sales SET reports = 3 WHERE ${sale('AZ-51211')}`);
    const file = open(changed);
    file.exec('DROP INDEX reports_id');
    const columns = file.pragma('table_info(reports)') as { name: string }[];
    const names = columns.map(({ name }) => name).join(', ');
    file.exec(`INSERT INTO reports SELECT ${names.replace('place', '3')} FROM reports WHERE ${first('AZ-51211')}`);
    file.close();
    expect(await found(changed)).toEqual([expect.stringMatching(/^report \w+: it is there 2 times$/)]);
  });
});

function total(grain: string, period: string, affiliateId = 1) {
  return `grain = '${grain}' AND period = '${period}' AND shop_id = 1 AND campaign_id = 1 AND affiliate_id = ${affiliateId}`;
}

test('what waits to be decided again is not judged, and said', async () => {
  change(
    `UPDATE sales SET question = 'Who?', question_by = 'nobody', questions = 1 WHERE ${sale('AZ-51211')}`,
    `INSERT INTO to_decide (shop_id, order_key, kind, cause, since) VALUES (1, 'AZ-51211', 'sale', 'person', 0)`,
  );
  const { code, output } = await run(changed);
  expect(code).toBe(0);
  expect(output).toMatch(/^Still to be decided again, and left out: 1\.\nLooked at .*All is as it adds up\.\n$/);
});

test('beside a server that writes, what is whole is found whole', async () => {
  rmSync(changed, { recursive: true, force: true });
  cpSync(demo, changed, { recursive: true });
  const served = await serve({ stateDir: changed, trackerPort: 0, adminPort: 0 });
  let writing = true;
  const customers = Array.from({ length: 8 }, async (_, customer) => {
    for (let n = 0; writing; n++) {
      const answer = await fetch(`${served.trackerUrl}/track.gif?cc=MARIA10&amount=20.00&order=live-${customer}-${n}`);
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
  });
  for (let time = 0; time < 3; time++) {
    const { code, output } = await run(changed);
    expect(output).toContain('All is as it adds up.');
    expect(code).toBe(0);
  }
  writing = false;
  await Promise.all(customers);
  const sold = await served.db
    .prepare(`SELECT count(*) AS n FROM sales WHERE order_key LIKE 'live-%'`)
    .first<number>('n');
  expect(sold).toBeGreaterThan(20);
  await served.stop();
  expect(await found(changed)).toEqual([]);
});
