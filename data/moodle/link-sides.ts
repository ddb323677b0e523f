/** Reads what Moodle says of the accounts and courses that are proposed as links. */
import type { Knex } from 'knex';
import type { MoodleSide } from '../model/link-sides.js';
import type { LinkProposal } from '../model/plan.js';
import type { MoodleSite } from './site.js';
import { selectAccountFacts, selectCourseFacts } from './sql/link-sides.js';

/** One entry per row of Moodle; two statements, however many proposals there are. */
export async function readMoodleSides(
  db: Knex,
  site: MoodleSite,
  proposals: readonly LinkProposal[],
): Promise<MoodleSide[]> {
  const idsOf = (kind: LinkProposal['kind']): number[] => [
    ...new Set(proposals.flatMap((one) => (one.kind === kind ? [one.moodleId] : []))),
  ];
  const proposedFor = (kind: LinkProposal['kind'], id: number): string[] =>
    proposals.flatMap((one) => (one.kind === kind && one.moodleId === id ? [one.externalId] : []));
  const [users, courses] = [idsOf('user'), idsOf('course')];
  const accounts = users.length === 0 ? [] : await selectAccountFacts(db, site, users);
  const rows = courses.length === 0 ? [] : await selectCourseFacts(db, site, courses);
  return [
    ...accounts.map((row): MoodleSide => ({
      kind: 'user',
      moodleId: row.id,
      proposedFor: proposedFor('user', row.id),
      name: `${row.firstname} ${row.lastname}`.trim(),
      login: row.username,
      email: row.email,
      idnumber: row.idnumber,
      lastAccess: Number(row.lastaccess),
      suspended: row.suspended === 1,
      enrolments: Number(row.enrolments),
    })),
    ...rows.map((row): MoodleSide => ({
      kind: 'course',
      moodleId: row.id,
      proposedFor: proposedFor('course', row.id),
      name: row.fullname,
      shortname: row.shortname,
      idnumber: row.idnumber,
      visible: row.visible === 1,
      enrolments: Number(row.enrolments),
    })),
  ];
}
