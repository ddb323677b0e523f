/** Accounts of ours whose person KN no longer has, or has disabled. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { ManagedUser, Notice } from '../../model/plan.js';
import type { RemovalCause, UserSuspend } from '../../model/removal.js';
import type { MoodleUser } from '../../moodle/state.js';
import { withdrawnIds } from '../plan/comebacks.js';
import { notice } from '../plan/notices.js';
import { accountOf, wasTeacher, type Survey } from './survey.js';

/** What might be done about one type, whether or not it is allowed. */
export interface Candidates<C> {
  readonly changes: readonly Omit<C, 'seq'>[];
  readonly notices: readonly Notice[];
  /** How many are suspended or hidden already by our doing. */
  readonly already: number;
}

interface Leaver {
  readonly managed: ManagedUser;
  readonly user: MoodleUser;
  readonly cause: RemovalCause;
}

function findLeavers(survey: Survey): Leaver[] {
  const { input, kept, roster, inUse } = survey;
  const gone = kept.filter(({ kind }) => kind === 'user').map(({ subject }) => subject);
  const disabled = roster.persons.filter((one) => one.disabled === true).map((one) => one.externalId);
  const leaver = (externalId: string, cause: RemovalCause): Leaver[] => {
    const managed = input.managed.users.get(externalId);
    const user = managed === undefined ? undefined : accountOf(survey, managed);
    if (managed === undefined || user === undefined || inUse.users.has(user.id)) return [];
    return [{ managed, user, cause }];
  };
  return [
    ...gone.flatMap((externalId) => leaver(externalId, 'gone')),
    ...disabled.flatMap((externalId) => leaver(externalId, 'disabled')),
  ];
}

/** Whether the account is ours under another External ID too, which is the one that it has in Moodle. */
function belongsToAnother({ input }: Survey, { managed, user }: Leaver): boolean {
  return user.idnumber !== managed.externalId && input.managed.users.get(user.idnumber)?.moodleId === user.id;
}

/** Why an account stays as it is; undefined: it may be suspended. */
function objection(
  survey: Survey,
  { managed, user, cause }: Leaver,
  withdrawn: ReadonlySet<number>,
): NoticeCode | undefined {
  if (user.siteAccount) return 'site-account';
  if (!user.local) return 'foreign-account';
  if (user.idnumber !== managed.externalId) return 'link-broken';
  if (user.username !== managed.username) return 'value-changed-in-moodle';
  if (withdrawn.has(user.id)) return 'withdrawal-undone';
  if (survey.openUsers.has(user.id)) return 'rematch-open';
  const inTerm = survey.input.season === 'term' && cause === 'gone';
  return inTerm && wasTeacher(survey, managed.externalId) ? 'teacher-gone' : undefined;
}

/** Who might be suspended. The rows are ours by id, time of creation, idnumber and login. */
export function planSuspensions(survey: Survey): Candidates<UserSuspend> {
  const withdrawn = withdrawnIds(survey.input.withdrawn, 'user');
  const changes: Omit<UserSuspend, 'seq'>[] = [];
  const notices: Notice[] = [];
  let already = 0;
  for (const leaver of findLeavers(survey)) {
    const { managed, user, cause } = leaver;
    const { externalId } = managed;
    if (belongsToAnother(survey, leaver)) continue;
    if (user.suspended) {
      already += withdrawn.has(user.id) ? 1 : 0;
      continue;
    }
    const code = objection(survey, leaver, withdrawn);
    if (code !== undefined)
      notices.push(
        notice(code, 'user', externalId, [user.id], { level: code === 'rematch-open' ? 'held' : 'drift' }),
      );
    else
      changes.push({
        kind: 'user',
        operation: 'suspend',
        externalId,
        moodleId: user.id,
        username: user.username,
        cause,
      });
  }
  return { changes, notices, already };
}
