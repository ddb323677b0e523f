/** Lists as CSV that spreadsheet programs open as it is meant. */
import { stringify } from 'csv-stringify/sync';
import type { Output } from './output.js';

export type CsvCell = string | number | boolean | null | undefined;

/** Writes rows page by page. A value that a spreadsheet would run as a formula gets an apostrophe. */
export async function writeCsv(
  output: Output,
  columns: readonly string[],
  pages: AsyncIterable<readonly (readonly CsvCell[])[]>,
): Promise<void> {
  // the byte order mark lets Excel see the macrons
  await output.write(`\ufeff${stringify([columns])}`);
  for await (const page of pages)
    await output.write(
      stringify(
        page.map((row) => row.map((cell) => (typeof cell === 'boolean' ? (cell ? 'yes' : 'no') : cell))),
        { escape_formulas: true },
      ),
    );
}

/** A list as the only page. */
export async function* onePage<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  if (items.length > 0) yield items;
}
