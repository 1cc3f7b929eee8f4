/** Runs stories side by side on one D1, all taking their first step, then their second … and comparing after each. */
import type { Store } from '../../ledger/audit.ts';
import { decideAgain } from '../../ledger/sales/decide-again.ts';
import { approveDue } from '../../ledger/sales/settle.ts';
import { differences, readLedger } from './compare.ts';
import { Teller } from './drive.ts';
import { build } from './house.ts';
import { type Step, tellStory } from './story.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Not within five minutes of any test's own time, for what is said to be so just now holds from D1's clock on. */
const FIRST_DAY = Date.UTC(2030, 2, 1, 12);
/** Each house lives in a time of its own, so that what waits there is found by its date. */
const APART = 400 * DAY;

/** From each step to the next: minutes, hours, days, over a change of the clocks. */
const AGES = [7 * MINUTE, 3 * 60 * MINUTE, 11 * MINUTE, DAY, 45 * MINUTE, 2 * DAY + 1, 20 * MINUTE, 13 * 60 * MINUTE];

export interface Failure {
  seed: number;
  /** How many steps were taken, the last of which showed it. */
  steps: number;
  found: string[];
}

let built = 0;
let lives = 0;

/** @returns where each story that fails does so first. */
export async function runStories(store: Store, stories: { seed: number; steps: Step[] }[]): Promise<Failure[]> {
  const failures = new Map<number, Failure>();
  const start = FIRST_DAY + lives++ * APART;
  const tellers = await Promise.all(
    stories.map(async ({ seed }) => {
      const several = (['a person', 'first', 'last'] as const)[seed % 3]!;
      return new Teller(store, await build(store.db, ++built, start - 30 * DAY, several));
    }),
  );
  const houses = tellers.map(({ house }) => house);
  const longest = Math.max(...stories.map(({ steps }) => steps.length));
  let now = start;
  for (let at = 0; at < longest; at += 1) {
    now += AGES[at % AGES.length]!;
    const answers = await Promise.all(
      tellers.map(async (teller, index) => {
        const step = stories[index]!.steps[at];
        if (!step || failures.has(index)) return [];
        try {
          return await teller.take(step, now);
        } catch (error) {
          return [`threw: ${error instanceof Error ? error.stack : error}`];
        }
      }),
    );
    if (stories.every(({ steps }) => (steps[at] ?? { does: 'wait' }).does === 'wait') && at % 6 !== 5) continue;
    await decideAll(store.db, now);
    if (at % 6 === 5) {
      await approveDue(store.db, now);
      for (const { model } of houses) model.approveDue(now);
    }
    const ledger = await readLedger(store.db, houses, [start - DAY, now + DAY], at % 4 === 3 || at === longest - 1);
    for (const [index, { house, keyOf }] of tellers.entries()) {
      if (failures.has(index)) continue;
      const told = house.model.standing();
      const differ = differences(told, ledger, house, keyOf);
      const why = told.map(({ shop, key }) => [key, house.model.why(shop, key)]).filter(([, said]) => said);
      const found = [...answers[index]!, ...differ];
      if (found.length > 0)
        failures.set(index, {
          seed: stories[index]!.seed,
          steps: at + 1,
          found: [...found, `model: ${JSON.stringify(why)}`],
        });
    }
  }
  return [...failures.values()];
}

async function decideAll(db: D1Database, now: number): Promise<void> {
  let [left, before] = [await decideAgain(db, 1_000, now), Number.POSITIVE_INFINITY];
  while (left > 0 && left < before) [before, left] = [left, await decideAgain(db, 1_000, now)];
}

export const storyOf = (seed: number) => ({ seed, steps: tellStory(seed) });

/** Leaves out what can be left out, for whoever reads it. At most so many runs are spent on it. */
export async function shorten(store: Store, failure: Failure, runs = 150): Promise<string> {
  let steps = tellStory(failure.seed).slice(0, failure.steps);
  let found = failure.found;
  let left = runs;
  const holds = async (shorter: Step[]): Promise<boolean> => {
    if (left-- <= 0) return false;
    const [failed] = await runStories(store, [{ seed: failure.seed, steps: shorter }]);
    if (failed) [steps, found] = [shorter.slice(0, failed.steps), failed.found];
    return failed !== undefined;
  };
  // Many at once first: most of a story has nothing to do with it. Time goes by all the same.
  const waiting = (many: number) => Array.from({ length: many }, (): Step => ({ does: 'wait' }));
  for (let many = Math.ceil(steps.length / 2); many >= 1; many = many === 1 ? 0 : Math.ceil(many / 2))
    for (let at = steps.length - many; at > -many; at -= many) {
      const [from, count] = [Math.max(at, 0), Math.min(many, many + at)];
      if (steps.slice(from, from + count).some(({ does }) => does !== 'wait'))
        await holds(steps.toSpliced(from, count, ...waiting(count)));
    }
  for (let at = steps.length - 1; at >= 0; at = Math.min(at, steps.length) - 1) {
    if (steps[at]!.does === 'wait') await holds(steps.toSpliced(at, 1));
    for (const less of lessOf(steps[at]!)) if (await holds(steps.toSpliced(at, 1, less))) break;
  }
  return [`seed ${failure.seed}`, ...steps.map((step) => JSON.stringify(step)), ...found].join('\n');
}

/** The same step with only one, or all but one, of the messages that it says. */
function lessOf(step: Step): Step[] {
  if (step.does === 'import')
    return step.rows.length < 2
      ? []
      : [
          ...step.rows.map((row) => ({ ...step, rows: [row] })),
          ...step.rows.map((_, index) => ({ ...step, rows: step.rows.toSpliced(index, 1) })),
        ];
  if (step.does === 'say at once') return step.lists.flatMap((list) => list.map((say): Step => ({ does: 'say', say })));
  return [];
}
