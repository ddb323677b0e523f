/** What a person types about removals, and what the settings allow in words. Pure. */
import { RolloverError } from '../../data/model/errors.js';
import { GRACE_DAYS, type SchoolSettings } from '../../data/model/settings.js';

export type Deletion = SchoolSettings['deletion'];

function refuse(word: string, known: string): never {
  throw new RolloverError('UsageInvalid', `"${word}" is no type of removal; these are: ${known}.`);
}

/** @throws RolloverError UsageInvalid */
export function parseAllowed(now: Deletion, types: readonly string[]): Deletion {
  let next = now;
  for (const type of types)
    switch (type) {
      case 'users':
      case 'enrolments':
        next = { ...next, [type]: true };
        break;
      case 'courses=hide':
        next = { ...next, courses: 'hide' };
        break;
      case 'courses=delete':
        next = { ...next, courses: 'delete' };
        break;
      default:
        refuse(type, 'users, enrolments, courses=hide, courses=delete');
    }
  return next;
}

/** Without types: nothing may be removed. @throws RolloverError UsageInvalid */
export function parseForbidden(now: Deletion, types: readonly string[]): Deletion {
  let next = now;
  for (const type of types.length === 0 ? ['users', 'enrolments', 'courses'] : types)
    switch (type) {
      case 'users':
      case 'enrolments':
        next = { ...next, [type]: false };
        break;
      case 'courses':
        next = { ...next, courses: "don't-delete" };
        break;
      default:
        refuse(type, 'users, enrolments, courses');
    }
  return next;
}

const courseWords: Readonly<Record<Deletion['courses'], string>> = {
  "don't-delete": 'stay as they are',
  hide: 'are hidden',
  delete: 'are hidden, and deleted after the time to object, at a gate of its own',
};

/** What the settings allow, in sentences. */
export function renderDeletion({
  users,
  enrolments,
  courses,
  forGood,
  graceDays = GRACE_DAYS,
}: Deletion): string {
  const suspended = (is: boolean): string => (is ? 'are suspended' : 'stay as they are');
  const later =
    forGood === true || courses === 'delete'
      ? [`Time to object before anything is deleted: ${graceDays} days.`]
      : [];
  return [
    'What is ours in Moodle and no longer in KnowledgeNET:',
    `  Users ${suspended(users)}.`,
    `  Enrolments ${suspended(enrolments)}.`,
    `  Courses ${courseWords[courses]}.`,
    ...later,
  ].join('\n');
}
