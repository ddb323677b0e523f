/** What stays in Moodle though KnowledgeNET no longer has it. */
import type { JSX } from 'preact';
import type { PlanPurpose } from '../../data/model/plan.js';
import type { Bounded, Item } from '../content.js';
import { ListSection } from './list-section.js';
import { Value } from './name.js';
import { whoColumn, type Column } from './tables.js';

const itemColumns: readonly Column<Item>[] = [
  whoColumn,
  { title: 'What', cell: ({ what }) => <Value>{what}</Value> },
];

const keptWords = {
  apply: {
    title: 'Kept, because deletion is off',
    sentence: 'In Moodle by this tool, and no longer in KnowledgeNET. All of it stays as it is.',
    empty: 'Everything that was made in Moodle is still in KnowledgeNET.',
  },
  removals: {
    title: 'No longer in KnowledgeNET, and left as it is',
    sentence:
      'In Moodle by this tool, and no longer in KnowledgeNET. It stays as it is: it was suspended or hidden before, the settings do not allow it, or the reason is given under “Not done, and why”.',
    empty: 'All that is no longer in KnowledgeNET is suspended or hidden by this plan.',
  },
} as const;

/** The section. Taking a run back has no such list. */
export function KeptSection(props: {
  readonly purpose: PlanPurpose;
  readonly kept: Bounded<Item>;
}): JSX.Element | null {
  if (props.purpose === 'undo') return null;
  const words = keptWords[props.purpose];
  return (
    <ListSection
      id="kept"
      title={words.title}
      caption="What is kept."
      columns={itemColumns}
      list={props.kept}
      empty={words.empty}
    >
      <p>{words.sentence}</p>
    </ListSection>
  );
}
