/** The house itself: who may import whom (README, "The house"). Reads the import lines, and nothing else. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const files = globSync('{worker,admin,ledger,drizzle,scripts}/**/*.{ts,tsx}');

/** The files of the project that a file imports, types too: a floor that needs to know a type needs the floor. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const paths = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  return paths.filter((path) => path.startsWith('.')).map((path) => normalize(join(dirname(file), path)));
}

const floor = (path: string) => path.split('/')[0]!;
const broken = (rule: (file: string, imported: string) => boolean) =>
  files.flatMap((file) =>
    importsOf(file).flatMap((imported) => (rule(file, imported) ? [`${file} → ${imported}`] : [])),
  );

test('the house is there to be read', () => {
  expect(files.length).toBeGreaterThan(30);
  expect(importsOf('ledger/decide.ts')).toContain('ledger/money.ts');
});

describe('imports go down only', () => {
  test('the schema imports nothing of ours', () => {
    expect(broken((file) => file === 'drizzle/schema.ts')).toEqual([]);
  });

  test('the ledger imports the ledger and the schema', () => {
    expect(
      broken(
        (file, imported) =>
          floor(file) === 'ledger' && floor(imported) !== 'ledger' && imported !== 'drizzle/schema.ts',
      ),
    ).toEqual([]);
  });

  test('tracker and office never import each other', () => {
    const floors = { worker: ['worker', 'ledger', 'drizzle'], admin: ['admin', 'ledger', 'drizzle', 'dist'] };
    expect(
      broken((file, imported) => {
        const allowed = floors[floor(file) as keyof typeof floors];
        return allowed !== undefined && !allowed.includes(floor(imported));
      }),
    ).toEqual([]);
  });

  test('the pure files of the ledger import pure files', () => {
    const writing = ['affiliates', 'audit', 'campaigns', 'payout-details', 'profile', 'settings', 'sign-up'];
    const pure = files.filter(
      (file) => /^ledger\/[^/]+$/.test(file) && !writing.includes(file.slice('ledger/'.length, -'.ts'.length)),
    );
    expect(pure).toContain('ledger/decide.ts');
    expect(broken((file, imported) => pure.includes(file) && !pure.includes(imported))).toEqual([]);
    for (const file of pure)
      expect(readFileSync(file, 'utf8'), file).not.toMatch(/D1Database|KVNamespace|drizzle-orm|\bRequest\b/);
  });

  test('in the office, pages know parts and words, never routes or queries', () => {
    expect(broken((file, imported) => /^admin\/(pages|ui)\//.test(file) && /^admin\/routes\//.test(imported))).toEqual(
      [],
    );
    expect(
      broken((file, imported) => /^admin\/ui\//.test(file) && /^admin\/(pages|queries|routes)\//.test(imported)),
    ).toEqual([]);
    expect(
      broken((file, imported) => /^admin\/queries\//.test(file) && /^admin\/(pages|ui|routes)\//.test(imported)),
    ).toEqual([]);
  });
});

test('truth is written in the ledger, and by the accounts of the office, nowhere else', () => {
  const writes =
    /\b(INSERT INTO|UPDATE|DELETE FROM)\s+(shops|campaigns|affiliates|coupons|coupon_codes|\w+_were|reports|order_\w+|sales|commissions|lines|totals|verdicts|codes_heard|to_decide|noise|payouts|audit_log)\b/i;
  const found = files.filter((file) => floor(file) !== 'ledger' && writes.test(readFileSync(file, 'utf8')));
  expect(found).toEqual(['admin/invitations.ts']);
});
