/**
 * CSV as it leaves the office: RFC 4180, UTF-8 with a byte order mark, and nothing in it that a spreadsheet would run.
 * Used by the exports and by the refused rows of an import: `csvLine` for a row, `csvFile` for the answer.
 */

/** Null is an empty cell. Money goes in as `plainMinor` writes it, with its currency in a cell of its own. */
export type Cell = string | number | null;

/** Excel takes a file without it for Windows-1252, and "Ação" for "AÃ§Ã£o". */
const BYTE_ORDER_MARK = '\uFEFF';

/** One row with its line end: RFC 4180 wants CRLF, and quotes around what has a quote, a separator or a line end in it. */
export function csvLine(cells: Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/**
 * A file to be saved as `name`, sent while it is made: no more than a batch of rows is in memory at a time.
 * A batch that cannot be read breaks the download off, so that half a file is never taken for a whole one.
 */
export function csvFile(name: string, head: string[], batches: AsyncGenerator<Cell[][]>): Response {
  const bytes = new TextEncoder();
  const file = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.encode(BYTE_ORDER_MARK + csvLine(head)));
    },
    async pull(controller) {
      const { done, value: rows } = await batches.next();
      if (done) controller.close();
      else controller.enqueue(bytes.encode(rows.map(csvLine).join('')));
    },
    async cancel() {
      await batches.return(undefined);
    },
  });
  return new Response(file, {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${name}"`,
    },
  });
}

function cellText(cell: Cell): string {
  const text = defused(String(cell ?? ''));
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A cell that begins so is a formula to a spreadsheet, and may run a program or send the sheet away (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

const defused = (text: string) => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);
