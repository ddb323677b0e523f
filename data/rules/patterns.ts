/** Names of courses and categories from the settings' patterns. Nothing is ever cut: what does not fit is reported. */

/** Characters that Moodle's columns hold; course.fullname differs by version (PlanSite.fullnameMax). */
export const nameLimits = { shortname: 255, idnumber: 100, category: 255 } as const;

/** What the placeholders stand for. */
export interface PatternValues {
  /** KN's class name. */
  readonly name: string;
  /** The class's External ID. */
  readonly code: string;
  /** The group type's name; '' = none. */
  readonly type: string;
  /** School year. */
  readonly year: number;
}

/**
 * Fills `{name}`, `{code}`, `{type}` and `{year}` in one pass, so that braces in a class's name stay what they are,
 * and takes outer spaces away, which an empty value leaves behind. Other braces stay.
 */
export function fillPattern(pattern: string, values: PatternValues): string {
  return pattern
    .replace(/\{(name|code|type|year)\}/g, (_, key: keyof PatternValues) => String(values[key]))
    .trim();
}

/**
 * The category names of a path, from the top. The pattern is divided before it is filled: a "/" in a group type's
 * name is part of a name. Parts that come out empty are left out.
 */
export function categoryNames(pattern: string, values: Pick<PatternValues, 'type' | 'year'>): string[] {
  return pattern
    .split('/')
    .map((part) => fillPattern(part, { ...values, name: '', code: '' }))
    .filter((name) => name !== '');
}

/** Whether a name is there and fits a column of `limit` characters (not UTF-16 units). */
export function fits(name: string, limit: number): boolean {
  return name !== '' && (name.length <= limit || Array.from(name).length <= limit);
}
