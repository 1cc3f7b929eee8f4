/** Random histories, told to the ledger and to its model side by side. */
import { env } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { runStories, shorten, storyOf } from './run.ts';

/** `npm run test:long` asks for 10,000, and may begin elsewhere. */
const { HISTORIES = '300', FIRST_SEED = '1' } = env as { HISTORIES?: string; FIRST_SEED?: string };
const AT_ONCE = 25;
/** More failures than these are not looked for. */
const SHOWN = 8;
/** As many files as tell them, side by side. */
const PARTS = 2;

/** Tells one part of the histories. @param part from 0. */
export function promiseHistories(part: number): void {
  const count = Math.ceil(Number(HISTORIES) / PARTS);
  const first = Number(FIRST_SEED) + part * count;
  test(`${count} random histories, from seed ${first} on, come to the same in the ledger and in the model`, {
    timeout: 60_000 + count * 1_000,
  }, async () => {
    const store = { db: env.DB, kv: env.COUPONS };
    let failed = 0;
    for (let done = 0; done < count && failed < SHOWN; done += AT_ONCE) {
      const seeds = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) => first + done + index);
      for (const failure of await runStories(store, seeds.map(storyOf)))
        if (failed++ < SHOWN) console.error(await shorten(store, failure));
    }
    expect(failed, 'failed; each is shown above, as short as it could be told').toBe(0);
  });
}
