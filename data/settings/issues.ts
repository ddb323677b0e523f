/** One sentence for what a zod schema refused: names keys, never values. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** A path as it is written in `rollover settings set`: `groupTypes.named["Sports team"].format`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\p{L}\p{N}_-]+$/u.test(String(key))) text += text === '' ? String(key) : `.${String(key)}`;
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text;
}

function describe(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => formatPath([...issue.path, key])).join(', ');
    return issue.keys.length === 1 ? `${names} is not a key we know` : `${names} are not keys we know`;
  }
  const place = formatPath(issue.path);
  const { message } = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
  const said = message.replace(/^Invalid (?:input|option): /, '').replace(/\.$/, '');
  return place === '' ? said : `${place}: ${said}`;
}

/** Every issue in one sentence, at most five of them; zod's own messages hold expected types, never the input. */
export function describeIssues(issues: readonly Issue[]): string {
  const shown = issues.slice(0, 5).map(describe);
  const rest = issues.length - shown.length;
  return `${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}
