import { availableParallelism } from 'node:os';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** How many histories the model is compared in, and from which seed on, where somebody asks: `HISTORIES=10000`. */
const historiesAsked = () =>
  Object.fromEntries(
    ['HISTORIES', 'FIRST_SEED'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );

/** Tests inside workerd, on the tracker's own bindings. */
export const inWorkerd = (tests: { include: string[]; exclude?: string[]; testTimeout?: number }) => ({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: './wrangler.toml' },
      main: './worker/index.ts',
      miniflare: {
        bindings: {
          MIGRATIONS: await readD1Migrations('drizzle/migrations'),
          VISITOR_SECRET: 'for tests only',
          ...historiesAsked(),
        },
      },
    })),
  ],
  test: { name: 'workerd', setupFiles: ['test/migrate.ts'], ...tests },
});

/**
 * The whole app from outside, each file with a directory and ports of its own. What they share is Node: to import Miniflare
 * and Wrangler anew for each file takes longer than most of the files themselves.
 */
export const fromOutside = (tests: { include: string[]; testTimeout: number }) => ({
  test: { name: 'whole', hookTimeout: 60_000, isolate: false, ...tests },
});

/** Three kinds of promise: pure functions in Node, ledger and tracker inside workerd, and the whole app from outside. */
export default defineConfig({
  test: {
    // A `.only` that was left behind would pass for all of them.
    allowOnly: false,
    // Vitest leaves one core to the person who watches; of two that would be half.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'pure',
          include: ['test/pure/**/*.test.ts', 'test/house.test.ts', 'test/model/by-itself.test.ts'],
        },
      },
      inWorkerd({
        include: ['test/ledger/**/*.test.ts', 'test/tracker/**/*.test.ts', 'test/model/**/*.test.ts'],
        exclude: ['test/model/by-itself.test.ts'],
      }),
      fromOutside({ include: ['test/office/**/*.test.ts', 'test/whole/**/*.test.ts'], testTimeout: 60_000 }),
    ],
  },
});
