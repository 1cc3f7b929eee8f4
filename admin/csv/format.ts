/** How a file is to be read: found out from its beginning, shown to the person, and changed as they say. */
import { type DateOrder, type Decimal, dateOrderOf, decimalOf } from './cells.ts';
import { type Column, columnsInOrder, columnsNamed, type Kind } from './columns.ts';
import { type Cutting, cutRecords, DELIMITERS, NotUtf8 } from './records.ts';

export interface Format extends Cutting {
  /** Whether the first row names the columns. */
  header: boolean;
  /** The cells of that row; empty where there is none. */
  names: string[];
  /** How many columns the first row has. */
  width: number;
  columns: Partial<Record<Column, number>>;
  /** Null: the person has to say it. */
  dates: DateOrder | null;
  decimal: Decimal | null;
  thousands: boolean;
}

/** What a person has said of it; the rest is found out. */
export type Said = Partial<
  Pick<Format, 'encoding' | 'delimiter' | 'header' | 'columns' | 'dates' | 'decimal' | 'thousands'>
>;

/** Rows from which the delimiter is told. */
const FIRST_ROWS = 50;

/**
 * Finds out how a file is written, from its first piece. Whatever two ways of reading would fit is left open (null).
 * @param said what is not to be found out any more.
 */
export function formatOf(beginning: Uint8Array, kind: Kind, last: boolean, said: Said = {}): Format {
  const encoding = said.encoding === 'windows-1252' || !isUtf8(beginning, last) ? 'windows-1252' : 'utf-8';
  const newline = beginning.includes(10) || !beginning.includes(13) ? '\n' : '\r';
  const read = (delimiter: Cutting['delimiter']) =>
    cutRecords(beginning, new Uint8Array(), { encoding, newline, delimiter }, { first: true, last }).rows.filter(isRow);

  const tried = DELIMITERS.map((delimiter) => ({ delimiter, rows: read(delimiter) }));
  const { delimiter, rows } =
    tried.find((each) => each.delimiter === said.delimiter) ??
    tried.reduce((best, each) => (likeness(each.rows, kind) > likeness(best.rows, kind) ? each : best));

  const first = rows[0] ?? [];
  const header = said.header ?? Object.keys(columnsNamed(first, kind)).length > 0;
  const names = header ? first.map((name) => name.trim()) : [];
  const columns = said.columns ?? (header ? columnsNamed(first, kind) : columnsInOrder(first.length, kind));
  const cellsOf = (column: Column) => {
    const index = columns[column];
    return index === undefined ? [] : rows.slice(header ? 1 : 0).map((row) => row[index] ?? '');
  };
  const money = decimalOf(cellsOf('amount'));
  return {
    encoding,
    newline,
    delimiter,
    header,
    names,
    width: first.length,
    columns,
    dates: said.dates ?? dateOrderOf([...cellsOf('date'), ...cellsOf('expires')]),
    decimal: said.decimal ?? money.decimal,
    thousands: said.thousands ?? money.thousands,
  };
}

/** Blank lines, and rows of empty cells as spreadsheets leave them behind, are no rows. */
export const isRow = (cells: string[]) => cells.some((cell) => cell.trim() !== '');

function isUtf8(beginning: Uint8Array, last: boolean): boolean {
  try {
    cutRecords(
      beginning,
      new Uint8Array(),
      { encoding: 'utf-8', newline: '\n', delimiter: ',' },
      { first: true, last },
    );
    return true;
  } catch (error) {
    if (error instanceof NotUtf8) return false;
    throw error;
  }
}

/** Names that we know say most; then as many columns as all rows have. */
function likeness(rows: string[][], kind: Kind): number {
  const known = Object.keys(columnsNamed(rows[0] ?? [], kind)).length;
  const widths = rows.slice(0, FIRST_ROWS).map((row) => row.length);
  return known * 100 + Math.min(...widths, 99);
}
