/** The 41 queries that return no row on a sound Moodle database. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { z } from 'zod';

const invariantsFile = z.object({
  invariants: z.array(z.object({ id: z.string(), says: z.string(), sql: z.string() })),
});

export interface Invariant {
  readonly id: string;
  readonly says: string;
  readonly sql: string;
}

/** Where the queries lie: beside the given file, else in the shared folder. Null where they are not at hand. */
export function invariantsPath(beside?: string): string | null {
  const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
  const shared = join(process.env['ROLLOVER_SHARED'] ?? join(project, '../shared'), 'moodle');
  const folders = [...(beside === undefined ? [] : [dirname(resolve(beside))]), resolve(shared)];
  return folders.map((folder) => join(folder, 'invariants.json')).find((file) => existsSync(file)) ?? null;
}

/** Reads the queries. Throws where the shared folder is not at hand. */
export async function readInvariants(file: string | null = invariantsPath()): Promise<readonly Invariant[]> {
  if (file === null) throw new Error('The invariants of the shared folder are not at hand.');
  return invariantsFile.parse(JSON.parse(await readFile(file, 'utf8'))).invariants;
}

/** Invariant id → the rows that break it, as text; only broken ones. Empty: the database is sound. */
export async function brokenInvariants(
  db: Knex,
  place: { readonly database: string; readonly prefix: string },
  invariants: readonly Invariant[],
): Promise<Record<string, string[]>> {
  const broken: Record<string, string[]> = {};
  for (const { id, sql } of invariants) {
    const placed = sql.replace(/\bmdl_(\w+)/g, `\`${place.database}\`.\`${place.prefix}$1\``);
    // A question mark in a pattern is no binding.
    const [rows] = (await db.raw(placed.replaceAll('?', '\\?'))) as [Record<string, unknown>[], unknown];
    if (rows.length > 0) broken[id] = rows.map((row) => Object.values(row).join(',')).sort();
  }
  return broken;
}
