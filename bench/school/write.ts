/** Writes a generated school as a school would hand it in. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toCsvFolder, toWorkbook } from '../../embedded/sample-school/write.js';
import type { GeneratedSchool } from './generate.js';

/**
 * Writes the workbook or folder and returns its path. `reexported`: the same content in other bytes, as when somebody
 * exports again: the rows come in another order.
 */
export async function writeSource(
  school: GeneratedSchool,
  folder: string,
  name: string,
  reexported = false,
): Promise<string> {
  const given = reexported ? { ...school, students: [...school.students].reverse() } : school;
  await mkdir(folder, { recursive: true });
  if (school.size.source === 'csv') {
    await toCsvFolder(given, join(folder, name));
    return join(folder, name);
  }
  const file = join(folder, `${name}.xlsx`);
  await writeFile(file, toWorkbook(given, 'xlsx'));
  return file;
}
