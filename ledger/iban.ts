/** International bank account numbers: ISO 13616-1, with the check digits of ISO 7064 MOD 97-10. */

export type IbanError = 'empty' | 'not an IBAN' | 'check digits';

/**
 * Reads an IBAN as people write it: with spaces, in either case. From Norway's 15 characters to the 34 that the standard
 * allows; how long each country's are is left to its banks.
 * @returns it without spaces, in capitals.
 */
export function readIban(text: string): { value: string } | { error: IbanError } {
  const iban = text.replace(/[\s\u00a0-]/g, '').toUpperCase();
  if (iban === '') return { error: 'empty' };
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return { error: 'not an IBAN' };
  return remainderOf97(iban) === 1 ? { value: iban } : { error: 'check digits' };
}

/** The country and check digits go to the end, letters become 10 to 35, and the number made of it all is 1 modulo 97. */
function remainderOf97(iban: string): number {
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return Number(BigInt(digits) % 97n);
}
