/** Tables that can be searched and sorted, and what says that there is more. */
import type { ComponentChildren, JSX } from 'preact';
import type { Bounded, Item } from '../content.js';
import { count } from '../format.js';
import { Value } from './name.js';

/** What is not on the page, and where it is. Nothing when everything is. */
export function More({ of }: { readonly of: Bounded<unknown> }): JSX.Element | null {
  const rest = of.total - of.items.length;
  if (rest <= 0) return null;
  return (
    <p class="more">
      … and {count(rest)} more, not on this page: <code>{of.command}</code>
    </p>
  );
}

export interface Column<T> {
  readonly title: string;
  readonly number?: boolean;
  readonly cell: (item: T) => ComponentChildren;
  /** What the column is sorted by, where that is not the cell's text. */
  readonly sort?: (item: T) => string | number;
}

interface ListTableProps<T> {
  /** Unique on the page. */
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly list: Bounded<T>;
  readonly empty: string;
}

/** Below this many rows nobody needs to search. */
const SEARCHED_FROM = 8;

function Row<T>({
  item,
  columns,
}: {
  readonly item: T;
  readonly columns: readonly Column<T>[];
}): JSX.Element {
  const [first, ...others] = columns;
  return (
    <tr>
      <th scope="row" data-sort={first?.sort?.(item)}>
        {first?.cell(item)}
      </th>
      {others.map((column) => (
        <td
          class={column.number ? 'number' : undefined}
          data-label={column.title}
          data-sort={column.sort?.(item)}
        >
          {column.cell(item)}
        </td>
      ))}
    </tr>
  );
}

export function ListTable<T>({ id, caption, columns, list, empty }: ListTableProps<T>): JSX.Element {
  if (list.total === 0) return <p class="quiet">{empty}</p>;
  const searched = list.items.length >= SEARCHED_FROM;
  return (
    <div id={id} data-search={searched ? 'tbody > tr' : undefined}>
      <table class={searched ? 'list sortable' : 'list'}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" class={column.number ? 'number' : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {list.items.map((item) => (
            <Row item={item} columns={columns} />
          ))}
        </tbody>
      </table>
      <More of={list} />
    </div>
  );
}

/** Whom or what an item is about. */
export const whoColumn: Column<Item> = {
  title: 'Who or what',
  sort: ({ name, id }) => name || id,
  cell: ({ name, id }) =>
    name === '' ? (
      <Value>{id === '' ? 'not known' : id}</Value>
    ) : (
      <>
        <Value>{name}</Value>{' '}
        <small>
          <Value>{id}</Value>
        </small>
      </>
    ),
};
