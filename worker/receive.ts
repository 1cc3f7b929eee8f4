import type { Report } from '../ledger/report.ts';
import { type Copies, readCopies, writeCopies } from '../ledger/sales/copies.ts';
import { recordSales } from '../ledger/sales/record-sales.ts';
import type { Spooled, TrackerEnv } from './env.ts';
import { leave, recordTogether, withoutGuesses } from './together.ts';

/** A browser waits for the GIF; past this D1 is taken to be failing, and the report goes to the spool. */
const PATIENCE_MS = 8_000;

/**
 * Takes a report in. When it returns, the report is committed in D1, or it is in the spool, which redelivers until D1
 * has it; a report that ends up in both is known by its id.
 * @throws when neither D1 nor the spool took it: then there is no receipt to give.
 */
export async function receive(
  env: TrackerEnv,
  report: Report,
  address: string,
  later: (work: Promise<unknown>) => void,
) {
  const copies = await readHints(env.COUPONS, report.codes ?? []);
  const ours = [...copies.values()].some(({ coupons }) => coupons.length > 0);
  const guess = !ours && (await isGuessing(env, address));
  try {
    const learned = await within(PATIENCE_MS, recordTogether(env.DB, report, copies, guess));
    for (const [codeKey, truth] of learned) later(mend(env.COUPONS, codeKey, truth));
  } catch (error) {
    leave(report);
    console.error(`report ${report.id} goes to the spool, for D1 did not take it:`, error);
    await env.SPOOL.send({ report, guess });
  }
}

/**
 * Takes in what waited in the spool, as one list. A message is acknowledged when D1 has its report; the others are
 * delivered again. A guess is kept only if its code is one of ours after all, as it is where the copy in KV was missing.
 * @throws when D1 takes nothing: then the queue delivers all of it again.
 */
export async function receiveSpooled(env: TrackerEnv, messages: readonly Message<Spooled>[]) {
  const kept = await withoutGuesses(
    env.DB,
    messages.map(({ body }) => body),
  );
  const told = await recordSales(env.DB, kept);
  const failed = new Set(told.filter(({ outcome }) => outcome === 'not written').map(({ reportId }) => reportId));
  for (const message of messages) if (failed.has(message.body.report.id)) message.retry();
}

/** A copy that cannot be read is a copy that is missing: D1 is asked. */
async function readHints(kv: KVNamespace, codeKeys: string[]): Promise<Map<string, Copies>> {
  const copies = new Map<string, Copies>();
  await Promise.all(
    codeKeys.map(async (codeKey) => {
      try {
        const copy = await readCopies(kv, codeKey);
        if (copy) copies.set(codeKey, copy);
      } catch (error) {
        console.warn('KV did not answer; D1 is asked instead:', error);
      }
    }),
  );
  return copies;
}

async function mend(kv: KVNamespace, codeKey: string, truth: Copies) {
  try {
    await writeCopies(kv, codeKey, truth);
  } catch (error) {
    console.warn('a copy in KV was not mended; the next sale will try again:', error);
  }
}

/** Whether an address has asked for too many codes that are not ours. A limiter that fails limits nobody. */
async function isGuessing(env: TrackerEnv, address: string): Promise<boolean> {
  try {
    return !(await env.UNKNOWN_CODES.limit({ key: address })).success;
  } catch (error) {
    console.warn('the limit for unknown codes did not answer:', error);
    return false;
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
