import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findingCodes, type FindingCode } from '../../../data/model/finding.js';
import { catalogue } from '../../../data/rules/findings/catalogue.js';

const doc = readFileSync(resolve(import.meta.dirname, '../../../docs/findings.md'), 'utf8');
const sections = new Map(
  doc
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [code = '', ...rest] = section.split('\n');
      // Line breaks and the escapes of Markdown are the printer's.
      return [code, rest.join(' ').replaceAll('\\', '').replace(/\s+/g, ' ').trim()] as const;
    }),
);

describe('docs/findings.md', () => {
  it('describes every finding and no other, in order', () => {
    expect([...sections.keys()]).toEqual(Object.keys(findingCodes));
  });

  it.each(Object.keys(findingCodes) as FindingCode[])('says of %s what the program says', (code) => {
    const { severities, when, mend } = catalogue[code];
    const costs = `Costs: ${severities.join(', ')}.${when === undefined ? '' : ` ${when}`}`;
    expect(sections.get(code)).toBe(`${findingCodes[code]} - ${costs} - Mend: ${mend}`);
  });
});

describe('the way out of a finding', () => {
  it('is a sentence that fits the journal', () => {
    for (const { mend } of Object.values(catalogue)) {
      expect(mend).toMatch(/^[A-Z].*\.$/);
      expect(mend.length).toBeLessThan(300);
    }
  });
});
