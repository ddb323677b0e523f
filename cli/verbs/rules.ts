/** `rollover rules`: classes that are filled from other memberships, and whom that would add. The journal is all it reads. */
import { selectLatestSnapshotId } from '../../data/journal/snapshots.js';
import { selectSettings, storeSettings } from '../../data/journal/settings.js';
import { RolloverError } from '../../data/model/errors.js';
import { ruleUserTypes, type GroupProvisioningRule, type RuleUserType } from '../../data/model/settings.js';
import { sortedBy } from '../../data/rules/plan/order.js';
import { circlesOf } from '../../data/rules/group-provisioning/order.js';
import { joinRules, type RuleInForce } from '../../data/rules/group-provisioning/rules-in-force.js';
import { settingsHash } from '../../data/settings/hash.js';
import { parseSettings } from '../../data/settings/schema.js';
import { fillSnapshot, rulesFor, type Filling } from '../../data/stages/class-rules.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { onePage, writeCsv } from '../csv.js';
import type { Session } from '../session.js';
import { shortHash } from '../text/format.js';
import {
  countByRule,
  describeRule,
  renderPreview,
  renderRules,
  ruleOwners,
  type PreviewRow,
} from '../text/rules.js';
import { examples, type Verb } from '../verb.js';
import { snapshotIdOf } from './findings.js';

/** Lines of the preview that are shown unless all are asked for. */
const SHOWN = 40;

async function list(session: Session): Promise<void> {
  const journal = await session.journal();
  const { settings } = await settingsInForce(journal);
  const snapshotId = await selectLatestSnapshotId(journal);
  const rules =
    snapshotId === null
      ? joinRules(settings.groupProvisioning ?? [], [])
      : await rulesFor(journal, snapshotId, settings);
  const circles = circlesOf(rules);
  await session.output.show(
    {
      snapshotId,
      rules,
      circles: circles.map((circle) => circle.map(({ name, origin }) => ({ name, origin }))),
    },
    () => renderRules(rules, circles, session.output.style),
  );
}

interface PreviewOptions {
  readonly rule?: string;
  readonly csv?: boolean;
  readonly all?: boolean;
}

/** Whom the rules would add, by class and person. */
function rowsOf({ memberships, input }: Filling): PreviewRow[] {
  const persons = new Map(input.snapshot.records.person.map((one) => [one.externalId, one]));
  const groups = new Map(input.snapshot.records.group.map((one) => [one.externalId, one]));
  return sortedBy(memberships, ({ group, person }) => [group, person]).map(({ group, person, rules }) => {
    const one = persons.get(person)!;
    return {
      class: group,
      className: groups.get(group)?.name ?? '',
      person,
      name: [one.firstName, one.surname].filter((part) => part !== undefined && part !== '').join(' '),
      type: one.type,
      yearLevel: one.yearLevel ?? '',
      disabled: one.disabled === true,
      rules: rules.map(({ name }) => name),
    };
  });
}

const columns = ['class', 'className', 'person', 'name', 'type', 'yearLevel', 'disabled', 'rules'];

/** Only what one rule does; its chain was evaluated with all. */
function narrow(filling: Filling, name: string | undefined): Filling {
  if (name === undefined) return filling;
  const has = (rules: readonly RuleInForce[]): boolean => rules.some((rule) => rule.name === name);
  if (!has(filling.input.rules)) throw new RolloverError('UsageInvalid', 'There is no rule of this name.');
  return {
    input: { ...filling.input, rules: filling.input.rules.filter((rule) => rule.name === name) },
    memberships: filling.memberships.filter(({ rules }) => has(rules)),
    unknown: filling.unknown.filter(({ rules }) => has(rules)),
  };
}

async function preview(
  session: Session,
  argument: string | undefined,
  options: PreviewOptions,
): Promise<void> {
  const journal = await session.journal();
  const { output } = session;
  const snapshotId = await snapshotIdOf(journal, argument);
  const filling = narrow(await fillSnapshot(journal, snapshotId), options.rule);
  const rows = rowsOf(filling);
  const counts = countByRule(filling.input.rules, filling.memberships);
  if (options.csv === true) {
    const cells = rows.map((row) => [...Object.values({ ...row, rules: row.rules.join(', ') })] as string[]);
    await writeCsv(output, columns, onePage(cells));
    return;
  }
  if (output.json) {
    const head = {
      snapshotId,
      rules: counts.map(({ rule, memberships }) => ({ ...rule, memberships })),
      unknownClasses: filling.unknown.map(({ group, target, rules }) => ({
        class: group,
        target,
        rules: rules.map(({ name }) => name),
      })),
    };
    await output.list(head, rows.length, onePage(rows));
    return;
  }
  const title = `What rules add to snapshot ${snapshotId}`;
  const text = renderPreview(
    title,
    counts,
    filling.unknown,
    rows,
    options.all === true ? rows.length : SHOWN,
    output.style,
  );
  await output.write(
    `${filling.input.rules.length === 0 ? 'There are no group provisioning rules.' : text}\n`,
  );
}

/** Stores other rules and says so; the settings as a whole are judged again. */
async function store(
  session: Session,
  change: (rules: readonly GroupProvisioningRule[]) => readonly GroupProvisioningRule[],
  said: string,
): Promise<void> {
  const journal = await session.journal();
  const { settings } = await settingsInForce(journal);
  const before = await selectSettings(journal);
  const { groupProvisioning = [], ...others } = settings;
  const rules = change(groupProvisioning);
  const next = parseSettings(rules.length === 0 ? others : { ...others, groupProvisioning: rules });
  const hash = settingsHash(next);
  const version = await storeSettings(journal, next, hash, session.account);
  await session.output.show({ version, hash, changed: before?.version !== version, rules }, () =>
    [
      `${said} Settings version ${version} is in force (${shortHash(hash)}).`,
      `Look whom it concerns: ${session.command('rules preview')}`,
    ].join('\n'),
  );
}

interface AddOptions {
  readonly target: string;
  readonly type?: string;
  readonly year?: string;
  readonly memberOf?: readonly string[];
  readonly newOnly?: boolean;
  readonly courses?: boolean;
}

function parseUserType(text: string | undefined): RuleUserType {
  const type = ruleUserTypes.find((one) => one === (text ?? 'all'));
  if (type === undefined)
    throw new RolloverError('UsageInvalid', `A user type is one of ${ruleUserTypes.join(', ')}.`);
  return type;
}

async function add(session: Session, name: string, options: AddOptions): Promise<void> {
  const rule: GroupProvisioningRule = {
    name,
    userType: parseUserType(options.type),
    target: options.target,
    applyToExisting: options.newOnly !== true,
    ...(options.year === undefined ? {} : { yearLevel: options.year }),
    ...(options.memberOf === undefined ? {} : { memberOf: options.memberOf }),
    ...(options.courses === false ? { provisionMembers: false } : {}),
  };
  await store(session, (rules) => [...rules, rule], `Added: ${describeRule(rule)}.`);
}

async function remove(session: Session, name: string): Promise<void> {
  await store(
    session,
    (rules) => {
      if (!rules.some((rule) => rule.name === name))
        throw new RolloverError(
          'UsageInvalid',
          `The settings have no rule of this name; rules of ${ruleOwners.knowledgenet} are changed there.`,
        );
      return rules.filter((rule) => rule.name !== name);
    },
    'Removed. Who was enrolled by it stays enrolled.',
  );
}

export const rulesVerb: Verb = (program, run) => {
  const rules = program
    .command('rules')
    .description('group provisioning: classes filled from other memberships, and whom that would add')
    .addHelpText(
      'after',
      examples(
        'rules                              the rules of the settings and of KnowledgeNET',
        'rules add "Year 10 maths" --target 10MAT --type student --year 10 --member-of 10MAT1 10MAT2 --no-courses',
        'rules preview                      who would be added by which rule',
        'rules preview 12 --csv > added.csv',
        'rules remove "Year 10 maths"',
      ),
    );
  rules
    .command('list', { isDefault: true })
    .description("the rules of the settings, and KnowledgeNET's as they came with the newest reading")
    .action(run<[], object>((session) => list(session)));
  rules
    .command('preview')
    .description('who would be added by which rule')
    .argument('[snapshot]', 'number of a snapshot (default: the newest)')
    .option('--rule <name>', 'only what this rule adds')
    .option('--all', 'print the whole list')
    .option('--csv', 'print CSV for a spreadsheet')
    .action(
      run<[string?], PreviewOptions>((session, [argument], options) => preview(session, argument, options)),
    );
  rules
    .command('add')
    .description('add a rule to the settings')
    .argument('<name>', 'what the rule is called')
    .requiredOption('--target <class>', 'External ID of the class that is filled')
    .option('--type <type>', `${ruleUserTypes.join(', ')} (default: all)`)
    .option('--year <level>', 'only people of this year level')
    .option('--member-of <class...>', 'only members of any of these classes')
    .option('--new-only', 'only people who are new since the reading that was applied last')
    .option('--no-courses', 'the classes named with --member-of get no courses of their own')
    .action(run<[string], AddOptions>((session, [name], options) => add(session, name, options)));
  rules
    .command('remove')
    .description('take a rule out of the settings; nobody is unenrolled')
    .argument('<name>')
    .action(run<[string], object>((session, [name]) => remove(session, name)));
};
