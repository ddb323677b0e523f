/** What holds a plan, in words with names. */
import type { GuardExample, GuardVerdict } from '../../data/model/guard.js';
import type { GuardLine } from '../../pages/content.js';
import { causeWords, describeExample, describeGuard } from '../text/guards.js';
import type { Names } from './names.js';

function nameOf({ subject, person }: GuardExample, names: Names): string {
  const who = person ?? subject;
  if (names.hasPerson(who)) return names.person(who).name;
  return names.hasClass(who) ? names.class(who).name : '';
}

/** One guard as the page shows it. */
export function guardLine(verdict: GuardVerdict, names: Names): GuardLine {
  const examples = verdict.examples.map((example) => {
    const name = nameOf(example, names);
    return name === '' ? describeExample(example) : `${name} (${describeExample(example)})`;
  });
  return { text: describeGuard(verdict), cause: causeWords[verdict.cause], examples };
}
