/** The school's own rules and KnowledgeNET's as one set. */
import { RolloverError } from '../../model/errors.js';
import type { GroupProvisioningRule } from '../../model/settings.js';
import { sortedBy } from '../plan/order.js';
import { circlesOf } from './order.js';

/** Whose rule it is; two rules of one name may exist, one of each. */
export type RuleOrigin = 'settings' | 'knowledgenet';

export interface RuleInForce extends GroupProvisioningRule {
  readonly origin: RuleOrigin;
}

/** All rules, in an order of their own: the school's before KnowledgeNET's, each by name. */
export function joinRules(
  own: readonly GroupProvisioningRule[],
  knowledgenet: readonly GroupProvisioningRule[],
): RuleInForce[] {
  const rules = [
    ...own.map((rule): RuleInForce => ({ ...rule, origin: 'settings' })),
    ...knowledgenet.map((rule): RuleInForce => ({ ...rule, origin: 'knowledgenet' })),
  ];
  return sortedBy(rules, (rule) => [
    rule.origin === 'settings' ? 0 : 1,
    rule.name,
    rule.target,
    JSON.stringify(rule),
  ]);
}

/**
 * Refuses a set that has no order. The settings' own rules were refused as settings already; together with
 * KnowledgeNET's they may still make a circle. Rules are counted, not named: their names are a person's words.
 *
 * @throws RolloverError SettingsInvalid
 */
export function refuseCircles(rules: readonly RuleInForce[]): void {
  const circles = circlesOf(rules);
  if (circles.length === 0) return;
  const concerned = circles.flat();
  const theirs = concerned.filter(({ origin }) => origin === 'knowledgenet').length;
  throw new RolloverError(
    'SettingsInvalid',
    `${concerned.length} group provisioning rules fill each other in a circle, ${theirs} of them KnowledgeNET's; ` +
      '`rollover rules list` names them.',
    { rules: concerned.length, knowledgenet: theirs },
  );
}
