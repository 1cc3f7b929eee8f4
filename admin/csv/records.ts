/**
 * Cuts a file that comes in pieces into records. Which rows a piece ends, and what of it belongs to the next row, is
 * decided by the bytes alone, so that a piece that is read a second time gives the same rows again.
 */
import { Parser } from 'papaparse';

export const ENCODINGS = ['utf-8', 'windows-1252'] as const;
export const DELIMITERS = [',', ';', '\t'] as const;

export interface Cutting {
  encoding: (typeof ENCODINGS)[number];
  delimiter: (typeof DELIMITERS)[number];
  /** `\n` for `\r\n` too. A lone `\r` is what old Macs wrote. */
  newline: '\n' | '\r';
}

export interface Records {
  /** Every row in its order, blank ones too: they count as lines. */
  rows: string[][];
  /** Indexes of rows whose quotation marks do not match. */
  broken: Set<number>;
  /** The beginning of a row that goes on in the next piece, as bytes: its text in UTF-8, and half a character perhaps. */
  tail: Uint8Array<ArrayBuffer>;
}

/** No row of ours is as long: a quotation mark was opened that nobody closes, and what follows it are other rows. */
const LONGEST_ROW = 100_000;

/**
 * Cuts one piece. Throws `NotUtf8` where it is to be read as UTF-8 and is none.
 * @param tail what the piece before ended with; empty for the first.
 */
export function cutRecords(
  piece: Uint8Array,
  tail: Uint8Array,
  format: Cutting,
  place: { first: boolean; last: boolean },
): Records {
  const { text, rest } = decode(piece, tail, format.encoding, place);
  const { rows, broken, left } = rowsOf(text, format, place.last);
  return { rows, broken, tail: joined(new TextEncoder().encode(left), rest) };
}

/** The bytes are no UTF-8. */
export class NotUtf8 extends Error {}

function decode(
  piece: Uint8Array,
  tail: Uint8Array,
  encoding: Cutting['encoding'],
  { first, last }: { first: boolean; last: boolean },
): { text: string; rest: Uint8Array } {
  if (encoding === 'windows-1252') {
    const before = new TextDecoder().decode(tail);
    return { text: before + new TextDecoder('windows-1252').decode(piece), rest: new Uint8Array() };
  }
  const bytes = joined(tail, piece);
  const end = last ? bytes.length : wholeCharacters(bytes);
  try {
    // The byte order mark is none of the text, and only at the very beginning is it a mark.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: !first }).decode(bytes.subarray(0, end));
    return { text, rest: bytes.subarray(end) };
  } catch {
    throw new NotUtf8();
  }
}

/** Where the last whole character ends: a UTF-8 character that is cut off has begun within the last three bytes. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
    if (length > 0) return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Papa's result of its low-level parser, which its types leave open. */
interface Parsed {
  data: string[][];
  errors: { code: string; row: number }[];
  meta: { cursor: number };
}

function rowsOf(text: string, { delimiter, newline }: Cutting, last: boolean) {
  const parse = (from: string, ignoreLastRow: boolean) =>
    new Parser({ delimiter, newline }).parse(from, 0, ignoreLastRow) as Parsed;
  const rows: string[][] = [];
  const broken = new Set<number>();
  const take = ({ data, errors }: Parsed) => {
    for (const { row } of errors) broken.add(rows.length + row);
    for (const cells of data) rows.push(cells.map(withoutReturn));
  };

  let left = text;
  for (;;) {
    const whole = parse(left, true);
    take(whole);
    left = left.slice(whole.meta.cursor);
    if (left === '' || (!last && left.length <= LONGEST_ROW)) break;
    const end = last ? parse(left, false) : null;
    if (end && !end.errors.some(({ code }) => code === 'MissingQuotes')) {
      take(end);
      left = '';
      break;
    }
    // The row with the mark that nobody closes is refused by itself, and what it would have swallowed is read.
    const lineEnd = left.indexOf(newline);
    broken.add(rows.length);
    rows.push([withoutReturn(lineEnd === -1 ? left : left.slice(0, lineEnd))]);
    left = lineEnd === -1 ? '' : left.slice(lineEnd + 1);
  }
  return { rows, broken, left };
}

const withoutReturn = (cell: string) => (cell.endsWith('\r') ? cell.slice(0, -1) : cell);

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
