import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RolloverError } from '../../../data/model/errors.js';
import type { GroupProvisioningRule } from '../../../data/model/settings.js';
import { circlesOf, orderRules, repeatedNames } from '../../../data/rules/group-provisioning/order.js';
import { defaultSettings } from '../../../data/settings/defaults.js';
import { parseSettings } from '../../../data/settings/schema.js';

function rule(name: string, memberOf: readonly string[], target: string): GroupProvisioningRule {
  return { name, userType: 'all', memberOf, target, applyToExisting: true };
}

const names = (rules: readonly { readonly name: string }[]): string[] => rules.map(({ name }) => name);

function refusalOf(groupProvisioning: readonly unknown[]): RolloverError {
  try {
    parseSettings({ ...defaultSettings(2027), groupProvisioning });
  } catch (error) {
    if (error instanceof RolloverError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

const rules = fc.array(
  fc
    .tuple(fc.subarray(['A', 'B', 'C', 'D', 'E', 'F']), fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'))
    .map(([memberOf, target]) => ({ memberOf, target })),
  { maxLength: 8 },
);

describe('the order of group provisioning rules', () => {
  it('puts a rule after all that fill its classes', () => {
    const chain = [
      rule('third', ['C'], 'D'),
      rule('second', ['B', 'X'], 'C'),
      rule('first', ['A'], 'B'),
      rule('also', ['Y'], 'C'),
    ];
    const order = names(orderRules(chain));
    expect(order.indexOf('first')).toBeLessThan(order.indexOf('second'));
    expect(order.indexOf('second')).toBeLessThan(order.indexOf('third'));
    expect(order.indexOf('also')).toBeLessThan(order.indexOf('third'));
    expect(order).toHaveLength(4);
    expect(circlesOf(chain)).toEqual([]);
  });

  it('finds circles, not those who only wait for one', () => {
    const two = [rule('a', ['Y'], 'X'), rule('b', ['X'], 'Y'), rule('after', ['Y'], 'Z')];
    expect(circlesOf(two).map((circle) => names(circle).sort())).toEqual([['a', 'b']]);
    expect(circlesOf([rule('self', ['X'], 'X')]).map(names)).toEqual([['self']]);
    const both = [...two, rule('c', ['Q'], 'P'), rule('d', ['P'], 'Q')];
    expect(circlesOf(both)).toHaveLength(2);
  });

  it('has every rule once, or there is a circle', () => {
    fc.assert(
      fc.property(rules, (some) => {
        const ordered = orderRules(some);
        expect(ordered.length === some.length).toBe(circlesOf(some).length === 0);
        for (const [at, { memberOf }] of ordered.entries())
          for (const later of ordered.slice(at)) expect(memberOf).not.toContain(later.target);
      }),
    );
  });

  it('is quick for a thousand rules in one chain', () => {
    const chain = Array.from({ length: 1000 }, (_, at) => rule(`r${at}`, [`g${at}`], `g${at + 1}`));
    expect(names(orderRules(chain.reverse()))[0]).toBe('r0');
  });
});

describe('settings with group provisioning rules', () => {
  it('refuse circles, naming the rules', () => {
    const error = refusalOf([rule('small to big', ['Y'], 'X'), rule('big to small', ['X'], 'Y')]);
    expect(error.code).toBe('SettingsInvalid');
    expect(error.message).toContain('in a circle');
    expect(error.message).toContain('"small to big"');
    expect(error.message).toContain('"big to small"');
  });

  it('refuse two rules of one name', () => {
    const error = refusalOf([rule('twice', ['A'], 'X'), rule('twice', ['B'], 'X')]);
    expect(error.message).toContain('several rules are called "twice"');
    expect(repeatedNames([{ name: 'a' }, { name: 'b' }])).toEqual([]);
  });

  it.each([
    [{ yearLevel: '16' }, /yearLevel: expected a year level/],
    [{ yearLevel: 10 }, /yearLevel: expected string/],
    [{ memberOf: [] }, /memberOf/],
    [{ userType: 'caregiver' }, /userType/],
    [{ target: '' }, /target/],
    [{ adds: true }, /adds is not a key we know/],
  ])('refuse %j', (part, message) => {
    expect(refusalOf([{ ...rule('one', ['A'], 'X'), ...part }]).message).toMatch(message);
  });
});
