/**
 * External IDs that went from one person to another in KnowledgeNET: two people swapped theirs, or one got what another
 * gave up. The account that we know by the id is then the wrong one: nothing of the new holder is written into it.
 */
import type { LinkProposal, ManagedUser } from '../../model/plan.js';
import type { PersonRecord } from '../../model/snapshot.js';
import type { MoodleUser } from '../../moodle/state.js';
import type { Accounts } from './accounts.js';
import type { Successor } from './links.js';
import type { PlanInput } from './plan-input.js';
import { nameKey, nsnKey } from './same-person.js';
import { unique } from './unique.js';

interface Known {
  readonly person: PersonRecord;
  readonly managed: ManagedUser;
}

/** Who an account of ours was when we last looked: by provenance, else by the last applied reading. */
interface Former {
  readonly managed: ManagedUser;
  readonly name: string;
  readonly nsn: string;
  /** What both say, for recognising the person under the same id. */
  readonly names: ReadonlySet<string>;
  readonly nsns: ReadonlySet<string>;
}

function formerOf(managed: ManagedUser, before: PersonRecord | undefined): Former {
  const { firstname, lastname } = managed.fields;
  const known = (...texts: readonly string[]): string[] => texts.filter((text) => text !== '');
  const names = known(nameKey(firstname?.kn, lastname?.kn), nameKey(before?.firstName, before?.surname));
  const nsns = known(nsnKey(managed.nsn), nsnKey(before?.nsn));
  return {
    managed,
    name: names[0] ?? '',
    nsn: nsns[0] ?? '',
    names: new Set(names),
    nsns: new Set(nsns),
  };
}

const nameOf = (person: PersonRecord): string => nameKey(person.firstName, person.surname);

/** For every id with a new holder: the account that the new holder had under another id. External ID → account. */
export function findTakenOver(
  input: PlanInput,
  accounts: Accounts,
  known: readonly Known[],
): ReadonlyMap<string, Successor<MoodleUser>> {
  const { managed, previous, snapshot } = input;
  const before = new Map((previous?.records.person ?? []).map((one) => [one.externalId, one]));
  const now = new Map(snapshot.records.person.map((one) => [one.externalId, one]));
  const formers = [...managed.users.values()].map((one) => formerOf(one, before.get(one.externalId)));
  const byId = new Map(formers.map((one) => [one.managed.externalId, one]));
  const byNsn = unique(formers, ({ nsn }) => nsn);
  const byName = unique(formers, ({ name }) => name);
  // who still has the id is who they were: two people may come to share a name
  const hasMoved = (former: Former, is: (one: PersonRecord) => boolean): boolean => {
    const record = now.get(former.managed.externalId);
    return record === undefined ? snapshot.complete : !is(record);
  };
  const found = new Map<string, Successor<MoodleUser>>();
  const formerIds = new Map<string, string>();
  for (const { person, managed: own } of known) {
    const self = byId.get(person.externalId);
    const [nsn, name] = [nsnKey(person.nsn), nameOf(person)];
    if (self === undefined || self.nsns.has(nsn)) continue;
    const evidence: LinkProposal['evidence'][number][] = [];
    let other = self.nsn === '' ? undefined : byNsn.get(nsn);
    if (other !== undefined && hasMoved(other, (one) => nsnKey(one.nsn) === nsn)) evidence.push('nsn');
    else other = undefined;
    const namesake = self.names.has(name) ? undefined : byName.get(name);
    const isHers = namesake !== undefined && hasMoved(namesake, (one) => nameOf(one) === name);
    if (isHers && (other === undefined || other === namesake)) {
      // a number that both sides know and that differs says that it is somebody else
      if (other === undefined && nsn !== '' && namesake.nsn !== '') continue;
      other = namesake;
      evidence.push('similar-name');
    }
    const row = other === undefined ? undefined : accounts.identities.row(other.managed.moodleId);
    if (other === undefined || row === undefined || row.id === own.moodleId || !accounts.isNobodysOwn(row))
      continue;
    found.set(person.externalId, { row, evidence: ['id-change', ...evidence], tookOver: true });
    formerIds.set(person.externalId, other.managed.externalId);
  }
  return onlyWhole(found, formerIds, now);
}

/**
 * What can be settled as a whole: circles, and chains that end in an id that KnowledgeNET has no more. Where the former
 * id has somebody whom nobody knows, it cannot be told from a record that was mended.
 */
function onlyWhole(
  found: Map<string, Successor<MoodleUser>>,
  formerIds: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, Successor<MoodleUser>> {
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const externalId of [...found.keys()]) {
      const formerId = formerIds.get(externalId) ?? '';
      if (now.has(formerId) && !found.has(formerId)) found.delete(externalId);
    }
  }
  return found;
}
