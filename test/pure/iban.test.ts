import { expect, test } from 'vitest';
import { readIban } from '../../ledger/iban.ts';
import { masked } from '../../ledger/payout-details.ts';

test.each([
  // The examples of the IBAN registry (SWIFT, release 99), shortest to longest.
  ['NO93 8601 1117 947', 'NO9386011117947'],
  ['be68539007547034', 'BE68539007547034'],
  ['GB29 NWBK 6016 1331 9268 19', 'GB29NWBK60161331926819'],
  ['DE89 3704 0044 0532 0130 00', 'DE89370400440532013000'],
  ['PT50 0002 0123 1234 5678 9015 4', 'PT50000201231234567890154'],
  ['FR14-2004-1010-0505-0001-3M02-606', 'FR1420041010050500013M02606'],
  ['MT84MALT011000012345MTLCAST001S', 'MT84MALT011000012345MTLCAST001S'],
])('%s is an IBAN', (typed, value) => {
  expect(readIban(typed)).toEqual({ value });
});

test.each([
  ['', 'empty'],
  ['   ', 'empty'],
  ['123456789', 'not an IBAN'],
  ['NO93 8601 1117', 'not an IBAN'],
  ['D€89 3704 0044 0532 0130 00', 'not an IBAN'],
  ['GB29 NWBK 6016 1331 9268 18', 'check digits'],
  ['GB29 NWBK 6016 1331 9286 19', 'check digits'],
])('"%s" is refused: %s', (typed, error) => {
  expect(readIban(typed)).toEqual({ error });
});

test.each([
  ['DE89370400440532013000', '•••• 3000'],
  ['maria@azulejo.test', '•••@azulejo.test'],
  ['cash', '•••• sh'],
])('of %s the log tells %s', (account, told) => {
  expect(masked(account)).toBe(told);
});
