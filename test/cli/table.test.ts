/** Tables of text. */
import { describe, expect, test } from 'vitest';
import { createStyle } from '../../cli/text/style.js';
import { renderTable } from '../../cli/text/table.js';

describe('tables', () => {
  test('numbers stand under each other, and columns line up', () => {
    const text = renderTable(
      [{ title: 'what' }, { title: 'number' }],
      [
        ['users', 12],
        ['Ngā kura', 1200],
      ],
    );
    expect(text.split('\n')).toEqual(['what      number', 'users         12', 'Ngā kura   1,200']);
  });

  test('there is no heading line without headings', () => {
    expect(renderTable([{ title: '' }, { title: '' }], [['a', 1]])).toBe('a  1');
  });

  test('letters with marks, wide signs and colours do not push columns apart', () => {
    const rows = [['Tu\u0304hoe'], ['日本'], [{ raw: createStyle(true).bold('abc') }], ['plain']];
    const text = renderTable(
      [{ title: '' }, { title: '' }],
      rows.map((row) => [...row, 'end']),
    );
    const columns = text.split('\n').map((line) => line.replace(/\u001b\[\d+m/g, '').indexOf('end'));
    expect(columns).toEqual([8, 5, 7, 7]);
  });

  test('fifty thousand rows are rendered at once', () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => [`person ${index}`, index]);
    const begun = Date.now();
    expect(renderTable([{ title: 'who' }, { title: 'n' }], rows).split('\n')).toHaveLength(50_001);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  test('a table may be empty', () => {
    expect(renderTable([{ title: 'sheet' }, { title: 'row' }], [])).toBe('sheet  row');
  });
});
