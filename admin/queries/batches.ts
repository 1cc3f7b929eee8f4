/** Lists that are read to their end, for an export: by the same keys as their pages, in larger steps. */

/** A million rows are then 200 steps: an invocation of a worker may ask D1 a thousand times. */
const BATCH_ROWS = 5_000;

/** @param read a stretch of the list after the row with an id, or from its top. */
export async function* batchesOf<Row extends { id: unknown }>(
  read: (after: Row['id'] | undefined, limit: number) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  let after: Row['id'] | undefined;
  while (true) {
    const rows = await read(after, BATCH_ROWS);
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)!.id;
  }
}

/** The same batches, row by row made into something else. */
export async function* eachOf<Row, Made>(
  batches: AsyncGenerator<Row[]>,
  make: (row: Row) => Made,
): AsyncGenerator<Made[]> {
  for await (const rows of batches) yield rows.map(make);
}
