/** Patterns with placeholders, and which regular expressions we let an administrator write. */

/** What `{…}` may stand for in names of courses and categories. */
export const placeholders = ['name', 'code', 'type', 'year'] as const;
export type Placeholder = (typeof placeholders)[number];

/** The words in braces of a pattern, known or not. */
export function placeholdersIn(pattern: string): string[] {
  return [...pattern.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

/** Whether braces are only used for placeholders. */
export function bracesBalanced(pattern: string): boolean {
  return !/[{}]/.test(pattern.replace(/\{[^{}]*\}/g, ''));
}

const MAX_LENGTH = 200;
const MAX_UNBOUNDED = 3;
const MAX_REPEAT = 100;

/** One pass over a regular expression: groups that repeat something, and how often anything repeats. */
function repetitionProblem(source: string): string | undefined {
  let unbounded = 0;
  // Per open group: whether its content repeats or branches, so that repeating the group explodes.
  const open: boolean[] = [];
  let content = false;
  for (let at = 0; at < source.length; at += 1) {
    const rest = source.slice(at);
    const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(rest);
    if (rest.startsWith('\\')) at += 1;
    else if (rest.startsWith('[')) at += (/^\[(?:\\.|[^\]\\])*\]/.exec(rest)?.[0].length ?? 1) - 1;
    else if (rest.startsWith('(')) {
      open.push(content);
      content = false;
    } else if (rest.startsWith('|')) content = true;
    else if (rest.startsWith(')')) {
      const repeated = /^\)(?:[*+]|\{(?!1?\})\d)/.test(rest);
      if (repeated && content) return 'it repeats a group that itself repeats or branches';
      content = (open.pop() ?? false) || content;
    } else if (quantifier !== null) {
      const atMost = quantifier[2] === undefined ? quantifier[1] : quantifier[3];
      const endless = /^[*+]/.test(rest) || (quantifier[2] !== undefined && quantifier[3] === '');
      if (endless) unbounded += 1;
      if (Number(quantifier[1] ?? 0) > MAX_REPEAT || Number(atMost ?? 0) > MAX_REPEAT)
        return `it repeats something more than ${MAX_REPEAT} times`;
      if (unbounded > MAX_UNBOUNDED) return `it has more than ${MAX_UNBOUNDED} endless repetitions`;
      content = true;
      at += quantifier[0].length - 1;
    }
  }
  return undefined;
}

/**
 * Why a regular expression is not taken, or undefined when it is. JavaScript's engine backtracks, so what could run
 * for ever on one External ID is refused by its form: repeated repetitions, back references, look-around.
 */
export function patternProblem(source: string): string | undefined {
  if (source === '') return 'it is empty';
  if (source.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  try {
    new RegExp(source, 'u');
  } catch {
    return 'it is not a regular expression';
  }
  if (/\\[1-9k]/.test(source)) return 'back references are not allowed';
  if (/\(\?(?!:)/.test(source)) return 'look-around and named groups are not allowed';
  return repetitionProblem(source);
}
