import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Three kinds of promise: pure functions in Node, ledger and tracker inside workerd, and the whole app from outside. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'pure', include: ['test/pure/**/*.test.ts', 'test/house.test.ts'] } },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            main: './worker/index.ts',
            miniflare: {
              bindings: { MIGRATIONS: await readD1Migrations('drizzle/migrations'), VISITOR_SECRET: 'for tests only' },
            },
          })),
        ],
        test: {
          name: 'workerd',
          include: ['test/ledger/**/*.test.ts', 'test/tracker/**/*.test.ts'],
          setupFiles: ['test/migrate.ts'],
        },
      },
      {
        test: {
          name: 'whole',
          include: ['test/office/**/*.test.ts', 'test/whole/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
