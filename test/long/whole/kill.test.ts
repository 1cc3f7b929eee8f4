import { test } from 'vitest';
import { killedAtWork } from '../../whole/killed-at-work.ts';
import { receiptsOutlive } from '../../whole/receipts.ts';

test('every sale with a receipt outlives twenty kills, once, with its commission', () => receiptsOutlive(20));

test('imports, bulk approvals and undos outlive fifty kills, and the audit is clean after each', () =>
  killedAtWork(51));
