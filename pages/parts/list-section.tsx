/** A part of a page that is one list. */
import type { ComponentChildren, JSX } from 'preact';
import type { Bounded } from '../content.js';
import { Section } from './layout.js';
import { ListTable, type Column } from './tables.js';

interface ListSectionProps<T> {
  readonly id: string;
  readonly title: string;
  /** Id of the list; default: the section's with `-list`. */
  readonly listId?: string;
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly list: Bounded<T>;
  readonly empty: string;
  /** Before the list. */
  readonly children?: ComponentChildren;
}

export function ListSection<T>(props: ListSectionProps<T>): JSX.Element {
  const { id, title, listId = `${id}-list`, children, caption, columns, list, empty } = props;
  return (
    <Section id={id} title={title}>
      {children}
      <ListTable id={listId} caption={caption} columns={columns} list={list} empty={empty} />
    </Section>
  );
}
