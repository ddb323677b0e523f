/** KnowledgeNET's group provisioning rules as rows of a view. */
import { RolloverError } from '../../model/errors.js';
import { ruleUserTypes, type GroupProvisioningRule, type RuleUserType } from '../../model/settings.js';
import { readFlag, readId, readYearLevel, textOf, type Cell } from '../cells.js';
import type { SourceLimits } from '../files/limits.js';
import { cellOf, keyOf } from './cells.js';
import type { ViewConnection } from './connection.js';
import { readPages, type PageOptions, type Tally } from './pages.js';
import type { ViewRow } from './sql.js';
import { viewColumns } from './views.js';

const view = 'kn_provisioning_rules';
type Column = (typeof viewColumns)[typeof view][number];

/** A rule that is half understood could fill a class with the wrong people. */
function refuse(row: ViewRow, column: Column): never {
  const key = keyOf(row[0], view);
  throw new RolloverError(
    'SourceViews',
    `Column ${column} of ${view} does not say what it must (id ${key}).`,
    {
      view,
      column,
      id: key,
    },
  );
}

function userTypeOf(text: string): RuleUserType | undefined {
  return ruleUserTypes.find((type) => type === text.toLowerCase());
}

/** One row as a rule. */
function ruleOf(row: ViewRow): GroupProvisioningRule {
  const cell = (column: Column): Cell => cellOf(row[1 + viewColumns[view].indexOf(column)], view, column);
  const target = readId(cell('target_group')).id;
  if (target === '') refuse(row, 'target_group');
  const userType = userTypeOf(textOf(cell('user_type'))) ?? refuse(row, 'user_type');
  const applyToExisting = readFlag(cell('apply_to_existing_users')) ?? refuse(row, 'apply_to_existing_users');
  const yearLevel = readYearLevel(cell('year_level')) ?? refuse(row, 'year_level');
  const memberOf = readId(cell('member_of_group')).id;
  return {
    name: textOf(cell('name')) || `KN rule ${keyOf(row[0], view)}`,
    userType,
    ...(yearLevel === '' ? {} : { yearLevel }),
    ...(memberOf === '' ? {} : { memberOf: [memberOf] }),
    target,
    applyToExisting,
  };
}

/** Names tell rules apart; where KN's repeat, the key is added. */
function withOwnName(rule: GroupProvisioningRule, row: ViewRow, taken: Set<string>): GroupProvisioningRule {
  const name = taken.has(rule.name) ? `${rule.name} (${keyOf(row[0], view)})` : rule.name;
  taken.add(name);
  return { ...rule, name };
}

/**
 * All rules, in order of the view's key.
 *
 * @throws RolloverError SourceViews naming the column of a rule that cannot be understood; SourceTooLarge
 */
export async function readRules(
  connection: ViewConnection,
  options: PageOptions & { readonly limits: SourceLimits },
  tally: Tally,
): Promise<GroupProvisioningRule[]> {
  const rules: GroupProvisioningRule[] = [];
  const taken = new Set<string>();
  for await (const rows of readPages(connection, view, options, tally)) {
    if (tally.of(view) > options.limits.rows)
      throw new RolloverError(
        'SourceTooLarge',
        `${view} has too many rows; the limit is ${options.limits.rows}.`,
        {
          view,
          limit: options.limits.rows,
        },
      );
    for (const row of rows) rules.push(withOwnName(ruleOf(row), row, taken));
  }
  return rules;
}
