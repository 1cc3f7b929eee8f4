import { test } from 'vitest';
import { killedAtWork } from './killed-at-work.ts';
import { receiptsOutlive } from './receipts.ts';

// Twenty and fifty kills are in test/long.

test('every sale with a receipt outlives kill -9, once, with its commission', { timeout: 60_000 }, () =>
  receiptsOutlive(2),
);

test(
  'an import, a bulk approval and an undo that are killed leave nothing half, and are gone on with',
  { timeout: 60_000 },
  () => killedAtWork(3),
);
