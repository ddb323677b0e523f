import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { factsOf, moodleTables } from '../../data/moodle/schema-facts.js';
import { describeWithMoodle, sharedMoodle } from '../support/database.js';

const tableShape = z.object({ columns: z.record(z.string(), z.string()) });
const difference = z.record(
  z.string(),
  z.object({ columns: z.record(z.string(), z.string().nullable()).optional() }),
);
const schemaFile = z.object({
  tables_45: z.record(z.string(), tableShape),
  diff_41: difference,
  diff_50: difference,
});

type Tables = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

async function tablesOf(version: '4.1' | '4.5' | '5.0'): Promise<Tables> {
  const file = join(sharedMoodle() ?? '', 'schema.json');
  const { tables_45, diff_41, diff_50 } = schemaFile.parse(JSON.parse(await readFile(file, 'utf8')));
  const differences = { '4.1': diff_41, '4.5': {}, '5.0': diff_50 }[version] as z.infer<typeof difference>;
  return Object.fromEntries(
    Object.entries(tables_45).map(([name, { columns }]) => [
      name,
      { ...columns, ...differences[name]?.columns },
    ]),
  );
}

/** The words of schema.json in ours: no display widths, no default where there is none. */
function declared(text: string): string {
  if (text.includes('auto_increment')) return 'bigint auto_increment';
  const plain = text.replace(/^((?:big|small|tiny|medium)?int)\(\d+\)/, '$1');
  return plain.replace(/ not null default NULL$/, ' not null');
}

describeWithMoodle('the list of tables and columns that we touch', () => {
  test.each(['4.1', '4.5', '5.0'] as const)('agrees with Moodle %s, defaults included', async (version) => {
    const tables = await tablesOf(version);
    for (const table of moodleTables) {
      const columns = tables[table];
      expect(columns, table).toBeDefined();
      for (const [column, fact] of Object.entries(factsOf(table).columns)) {
        const found = declared(columns?.[column] ?? 'absent');
        const accepted = typeof fact === 'string' ? [fact] : fact;
        const matched = accepted.some(
          (one) => found === one || (!one.includes(' default ') && found.startsWith(`${one} default `)),
        );
        expect(matched, `${table}.${column} is ${found}, our list says ${accepted.join(' or ')}`).toBe(true);
      }
    }
  });

  test.each(['4.1', '4.5', '5.0'] as const)(
    'leaves out no column of the tables that we insert into, in Moodle %s',
    async (version) => {
      const tables = await tablesOf(version);
      for (const table of moodleTables) {
        const facts = factsOf(table);
        if (!facts.access.includes('insert')) continue;
        const known = new Set([...Object.keys(facts.columns), ...(facts.optional ?? [])]);
        const unknown = Object.entries(tables[table] ?? {}).filter(
          ([name, text]) => text !== null && !known.has(name),
        );
        expect(unknown, table).toEqual([]);
      }
    },
  );
});
