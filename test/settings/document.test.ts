import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { provisioningOptions } from '../../data/model/settings.js';
import { groupTypeSchema, ruleSchema, settingsSchema } from '../../data/settings/schema.js';

const doc = readFileSync(resolve(import.meta.dirname, '../../docs/settings.md'), 'utf8');
const documented = new Set([...doc.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]));

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** Keys of a schema, `a.b` for nested ones. */
function keysOf(schema: JsonSchema, prefix = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) =>
    member.properties === undefined ? [prefix + key] : keysOf(member, `${prefix}${key}.`),
  );
}

describe('docs/settings.md', () => {
  it('explains every setting and no other', () => {
    const school = keysOf(z.toJSONSchema(settingsSchema) as JsonSchema).filter(
      (key) => !key.startsWith('groupTypes.'),
    );
    const type = keysOf(z.toJSONSchema(groupTypeSchema) as JsonSchema);
    const rule = keysOf(z.toJSONSchema(ruleSchema) as JsonSchema);
    expect(documented).toEqual(new Set([...school, ...type, ...rule, ...provisioningOptions]));
  });
});
