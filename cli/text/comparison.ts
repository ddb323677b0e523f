/** The reading against the last applied snapshot, as text. Pure. */
import type { Comparison } from '../../data/model/comparison.js';
import type { HeaderReading } from '../../data/model/snapshot.js';
import { remarkableLosses } from '../../data/rules/comparison.js';
import { count } from './format.js';
import { renderTable, type Cell, type Column } from './table.js';

function right(...titles: readonly string[]): Column[] {
  return titles.map((title) => ({ title, right: true }));
}

function renderPeople({ people, teachers }: Comparison): string {
  const rows: Cell[][] = [
    ['  Students and teachers', people.before, people.now, people.joiners, people.leavers],
    ['  Teachers', teachers.before, teachers.now, teachers.joiners, teachers.leavers],
  ];
  return renderTable([{ title: '' }, ...right('before', 'now', 'joiners', 'leavers')], rows);
}

function renderYearLevels({ yearLevels }: Comparison): string {
  const rows = yearLevels.map((level): Cell[] => [
    level.yearLevel === '' ? '  none' : `  Year ${level.yearLevel}`,
    level.before,
    level.now,
    level.joiners,
    level.leavers,
    level.movedIn,
  ]);
  const columns = [
    { title: '  year level' },
    ...right('before', 'now', 'joiners', 'leavers', 'moved up or over'),
  ];
  return rows.length === 0 ? '' : renderTable(columns, rows);
}

function renderGroupTypes({ groupTypes }: Comparison): string {
  const rows = groupTypes.map((type): Cell[] => [
    type.groupType === '' ? '  none' : `  ${type.groupType}`,
    type.before,
    type.now,
    type.newClasses,
    type.goneClasses,
    type.membershipsBefore,
    type.membershipsNow,
    type.membershipsJoined,
    type.membershipsLeft,
  ]);
  const columns = [
    { title: '  classes of type', limit: 30 },
    ...right('before', 'now', 'new', 'gone', 'members before', 'now', 'joined', 'left'),
  ];
  return rows.length === 0 ? '' : renderTable(columns, rows);
}

/** A listing that ended early looks like this [T04]. */
function renderLosses(comparison: Comparison): string {
  const losses = remarkableLosses(comparison);
  if (losses.length === 0) return '';
  return [
    'More people are missing than a new year explains; is the export complete?',
    ...losses.map(({ of, yearLevel, before, leavers }) => {
      const who = of === 'teachers' ? 'Teachers' : `Year ${yearLevel}`;
      return `  ${who}: ${count(leavers)} of ${count(before)} are missing`;
    }),
  ].join('\n');
}

/** Everything that the comparison counts. */
export function renderComparison(comparison: Comparison): string {
  const head =
    comparison.baseSnapshotId === null
      ? 'Nothing was ever applied, so there is nothing to compare with: everybody is new.'
      : `Compared with snapshot ${comparison.baseSnapshotId}, the last one that Moodle was brought to:`;
  return [
    head,
    renderPeople(comparison),
    renderYearLevels(comparison),
    renderGroupTypes(comparison),
    `Students who stayed and moved between classes: ${count(comparison.movedBetweenClasses)}`,
    renderLosses(comparison),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Which header was read as what. */
export function renderHeaders(headers: readonly HeaderReading[]): string {
  const rows: Cell[][] = [];
  let columns = 1;
  for (const [index, { sheet, header, field }] of headers.entries()) {
    const next = headers[index + 1];
    // Member of Group is repeated to the right
    if (next?.sheet === sheet && next.header === header && next.field === field) columns += 1;
    else {
      rows.push([sheet, columns === 1 ? header : `${header} (${columns} columns)`, field ?? 'not read']);
      columns = 1;
    }
  }
  return renderTable([{ title: 'sheet' }, { title: 'header' }, { title: 'read as' }], rows);
}
