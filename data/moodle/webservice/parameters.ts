/** Parameters as Moodle's REST server reads them: nested values become `categories[0][id]=…`. */

export type Parameter =
  string | number | boolean | readonly Parameter[] | { readonly [name: string]: Parameter };

/** Nested values as pairs, in their order. Moodle reads true and false as 1 and 0. */
export function flatten(parameters: Readonly<Record<string, Parameter>>): [string, string][] {
  const walk = (name: string, value: Parameter): [string, string][] => {
    if (typeof value === 'boolean') return [[name, value ? '1' : '0']];
    if (typeof value !== 'object') return [[name, String(value)]];
    return Object.entries(value).flatMap(([key, member]) => walk(`${name}[${key}]`, member));
  };
  return Object.entries(parameters).flatMap(([name, value]) => walk(name, value));
}
