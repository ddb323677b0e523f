/** Things grouped by what caused them, most frequent first; each group opens. */
import type { JSX } from 'preact';
import type { Cause, Item } from '../content.js';
import { count } from '../format.js';
import { Value } from './name.js';
import { ListTable, whoColumn, type Column } from './tables.js';

function columnsFor(items: readonly Item[]): Column<Item>[] {
  const known = items.some(({ name, id }) => name !== '' || id !== '');
  const detailed = items.some(({ detail }) => detail !== '');
  const what: Column<Item> = { title: 'What', cell: (item) => <Value>{item.what}</Value> };
  const detail: Column<Item> = { title: 'More', cell: (item) => <Value>{item.detail}</Value> };
  return [...(known ? [whoColumn] : []), what, ...(detailed ? [detail] : [])];
}

interface CausesProps {
  readonly id: string;
  readonly causes: readonly Cause[];
  readonly empty: string;
}

export function Causes({ id, causes, empty }: CausesProps): JSX.Element | null {
  if (causes.length === 0) return empty === '' ? null : <p class="quiet">{empty}</p>;
  return (
    <div class="causes">
      {causes.map((cause, at) => (
        <details open={causes.length === 1 || cause.tone === 'bad'}>
          <summary>
            <b>{count(cause.items.total)} ×</b> <span>{cause.what}</span>{' '}
            <span class={`tag ${cause.tone}`}>{cause.level}</span>
          </summary>
          <div class="inside">
            {cause.mend === '' ? null : <p>To mend it: {cause.mend}</p>}
            <ListTable
              id={`${id}-${at}`}
              caption={`Code ${cause.code}`}
              columns={columnsFor(cause.items.items)}
              list={cause.items}
              empty=""
            />
          </div>
        </details>
      ))}
    </div>
  );
}
