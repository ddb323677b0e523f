/** Proposals with what both sides say, for a person to compare. */
import type { Journal } from '../../data/journal/journal.js';
import { selectMoodleSides } from '../../data/journal/link-sides.js';
import { readSnapshot } from '../../data/journal/snapshots.js';
import type { MoodleSide } from '../../data/model/link-sides.js';
import type { LinkProposal } from '../../data/model/plan.js';
import type { GroupRecord, PersonRecord } from '../../data/model/snapshot.js';
import { countOf } from '../text/format.js';

/** A proposal as people see it. */
export interface ShownProposal extends LinkProposal {
  /** Null: the reading does not have it any more. */
  readonly knowledgenet: PersonRecord | GroupRecord | null;
  /** As it was when the plan was made; null in plans of earlier versions. */
  readonly moodle: MoodleSide | null;
}

/** Adds both sides to a plan's proposals. */
export async function withSides(
  journal: Journal,
  plan: { readonly planId: number; readonly snapshotId: number },
  proposals: readonly LinkProposal[],
): Promise<ShownProposal[]> {
  if (proposals.length === 0) return [];
  const { records } = await readSnapshot(journal, plan.snapshotId);
  const wanted = new Set(proposals.map(({ externalId }) => externalId));
  const find = <R extends { readonly externalId: string }>(list: readonly R[]): Map<string, R> =>
    new Map(list.flatMap((one) => (wanted.has(one.externalId) ? [[one.externalId, one] as const] : [])));
  const known = { user: find(records.person), course: find(records.group) };
  const sides = await selectMoodleSides(journal, plan.planId);
  const moodle = new Map(sides.map((side) => [`${side.kind} ${side.moodleId}`, side]));
  return proposals.map((one) => ({
    ...one,
    knowledgenet: known[one.kind].get(one.externalId) ?? null,
    moodle: moodle.get(`${one.kind} ${one.moodleId}`) ?? null,
  }));
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}

/** What KnowledgeNET says of whom a proposal is about. */
export function describeSource({ knowledgenet }: Pick<ShownProposal, 'knowledgenet'>): string {
  if (knowledgenet === null) return '';
  if (!('type' in knowledgenet)) return joined([knowledgenet.name, knowledgenet.groupType]);
  const { firstName, surname, type, yearLevel, login, email } = knowledgenet;
  const level = yearLevel === undefined || yearLevel === '' ? '' : `Year ${yearLevel}`;
  return joined([`${firstName ?? ''} ${surname ?? ''}`.trim(), type, level, login, email]);
}

/** What Moodle says of the account or course. */
export function describeMoodle({ moodle }: Pick<ShownProposal, 'moodle'>): string {
  if (moodle === null) return '';
  const { name, idnumber } = moodle;
  const number = idnumber === '' ? '' : `ID number ${idnumber}`;
  if (moodle.kind === 'course')
    return joined([
      name,
      moodle.shortname,
      number,
      moodle.visible ? '' : 'hidden',
      moodle.enrolments === 0 ? 'nobody enrolled' : `${countOf(moodle.enrolments, 'account')} enrolled`,
    ]);
  const { lastAccess } = moodle;
  const seen = new Date(lastAccess * 1000).toISOString().slice(0, 10);
  return joined([
    name,
    moodle.login,
    moodle.email,
    number,
    moodle.suspended ? 'suspended' : '',
    lastAccess === 0 ? 'never used' : `last used ${seen}`,
    moodle.enrolments === 0 ? 'in no course' : countOf(moodle.enrolments, 'course'),
  ]);
}
