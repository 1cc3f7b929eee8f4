import { defineConfig } from 'vitest/config';
import { fromOutside, inWorkerd } from './vitest.config.ts';

process.env.HISTORIES ??= '10000';

const AN_HOUR = 3_600_000;

/** `npm run test:long`: what takes over 20 seconds. Each of these has a small sibling in `npm test`. */
export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      inWorkerd({ include: ['test/long/ledger/**/*.test.ts', 'test/model/model*.test.ts'], testTimeout: AN_HOUR }),
      fromOutside({ include: ['test/long/whole/**/*.test.ts'], testTimeout: AN_HOUR }),
    ],
  },
});
