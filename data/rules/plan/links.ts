/** Links between KN and Moodle rows: is what is ours still what we know, what may take its place, what is adopted? */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { Answers, LinkProposal, Notice } from '../../model/plan.js';
import { linkAnswer } from './answers.js';
import type { Claim, Identities } from './identities.js';
import { notice } from './notices.js';

type Kind = LinkProposal['kind'];

interface Row {
  readonly id: number;
  readonly idnumber: string;
  readonly timecreated: number;
}

interface ManagedRow {
  readonly externalId: string;
  readonly moodleId: number;
  readonly timecreated: number;
}

/** Which Moodle rows are ours, and for whom; relinking moves them. */
export class Owners {
  readonly #byId = new Map<number, Set<string>>();

  constructor(managed: Iterable<ManagedRow>) {
    for (const { moodleId, externalId } of managed) this.#add(moodleId, externalId);
  }

  #add(id: number, externalId: string): void {
    const owners = this.#byId.get(id);
    if (owners === undefined) this.#byId.set(id, new Set([externalId]));
    else owners.add(externalId);
  }

  /** External IDs under which the row of this Moodle id is ours. */
  of(id: number): ReadonlySet<string> {
    return this.#byId.get(id) ?? new Set();
  }

  /** From now on the External ID has another row. */
  move(externalId: string, from: number, to: number): void {
    this.#byId.get(from)?.delete(externalId);
    this.#add(to, externalId);
  }
}

/** A row that may go on for one that is gone or was merged into it. */
export interface Successor<R> {
  readonly row: R;
  readonly evidence: LinkProposal['evidence'];
  /** The External ID went from one to another in KN; the row is what the new holder had under another one. */
  readonly tookOver?: true;
}

/** Where links of one kind are looked up. */
export interface LinkLookup<R extends Row> {
  readonly kind: Kind;
  readonly identities: Identities<R>;
  readonly owners: Owners;
  readonly answers: Answers;
  /** External IDs that KN has. */
  readonly inKN: { has(externalId: string): boolean };
  /** Why a row is never touched, or undefined. */
  readonly untouchable: (row: R) => NoticeCode | undefined;
  /** What may go on for the row of this External ID, found elsewhere. */
  readonly successorOf?: (externalId: string) => Successor<R> | undefined;
}

/** Whether the row is ours for somebody else whom KN still has. */
function isTaken<R extends Row>(lookup: LinkLookup<R>, row: R, externalId: string): boolean {
  for (const owner of lookup.owners.of(row.id))
    if (owner !== externalId && lookup.inKN.has(owner)) return true;
  return false;
}

/**
 * intact: id, time of creation and idnumber agree. merged: so they do, but another row goes on for it. taken-over:
 * KN gave the External ID to somebody else. broken: it has another idnumber now. restored: the id belongs to
 * a row made at another time, so it is not the one we know. gone: there is no such row.
 */
type LinkState = 'intact' | 'merged' | 'taken-over' | 'broken' | 'restored' | 'gone';

function judgeState<R extends Row>(
  lookup: LinkLookup<R>,
  { externalId, timecreated }: ManagedRow,
  row: R | undefined,
): LinkState {
  if (row === undefined) return 'gone';
  if (row.timecreated !== timecreated) return 'restored';
  const isIntact = lookup.identities.idnumberOf(row) === externalId;
  const successor = lookup.successorOf?.(externalId);
  if (successor === undefined || (!isIntact && successor.tookOver !== true))
    return isIntact ? 'intact' : 'broken';
  // refused: a person says that the account is the right one all the same
  const answer = linkAnswer(lookup.answers, lookup.kind, externalId, successor.row.id);
  if (answer === 'refused') return isIntact ? 'intact' : 'broken';
  return successor.tookOver === true ? 'taken-over' : 'merged';
}

function codeOf(kind: Kind, state: LinkState): NoticeCode | undefined {
  switch (state) {
    case 'intact':
      return undefined;
    case 'merged':
      return 'account-merged';
    case 'taken-over':
      return 'id-taken-over';
    case 'broken':
      return 'link-broken';
    case 'restored':
      return 'link-restored';
    case 'gone':
      return kind === 'user' ? 'user-deleted' : 'course-gone';
  }
}

/** What the journal and Moodle say together about one row that is ours. */
export interface LinkCase<R extends Row> {
  readonly managed: ManagedRow;
  /** The row of the journal's id. */
  readonly row: R | undefined;
  /** Absent: nothing is wrong. */
  readonly code?: NoticeCode;
  /** Moodle ids concerned. */
  readonly ids: readonly number[];
  /** Whether the row is used as it is. */
  readonly usable: boolean;
  /** What a person may accept in its place. */
  readonly candidate?: R;
  /** What speaks for the candidate. */
  readonly evidence?: LinkProposal['evidence'];
}

/** What may take the place of a link, with what speaks for it. */
type Candidate<R> = Pick<LinkCase<R & Row>, 'candidate' | 'evidence'>;

const relink: LinkProposal['evidence'] = ['relink'];

/**
 * The one row that may take the place of a link: the row that has the External ID now, else the row that we know, if
 * it only lost its idnumber, else what goes on for one that is gone.
 */
function candidateFor<R extends Row>(
  lookup: LinkLookup<R>,
  externalId: string,
  state: LinkState,
  row: R | undefined,
): Candidate<R> {
  const holders = lookup.identities.holders(externalId);
  const [holder] = holders;
  const successor = lookup.successorOf?.(externalId);
  const goesOn = state === 'merged' || state === 'taken-over' || (state === 'gone' && holder === undefined);
  const found = goesOn ? successor?.row : holder === undefined && state === 'broken' ? row : holder;
  if (found === undefined || holders.length > 1) return {};
  if (holder !== undefined && lookup.identities.idnumberOf(holder) !== externalId) return {};
  // the one whom KN has under the id of that row is another person now
  const taken = state !== 'taken-over' && isTaken(lookup, found, externalId);
  if (lookup.untouchable(found) !== undefined || taken) return {};
  return { candidate: found, evidence: goesOn ? (successor?.evidence ?? relink) : relink };
}

/**
 * Judges one row that is ours. `changedKey`: the notice for a row of which only the natural key was changed in
 * Moodle; it is still used, and a person may accept the new key.
 */
function judgeLink<R extends Row>(
  lookup: LinkLookup<R>,
  managed: ManagedRow,
  changedKey: (row: R) => NoticeCode | undefined,
): LinkCase<R> {
  const { externalId, moodleId } = managed;
  const row = lookup.identities.row(moodleId);
  const state = judgeState(lookup, managed, row);
  const never = row === undefined || state === 'restored' ? undefined : lookup.untouchable(row);
  if (never !== undefined) return { managed, row, code: never, ids: [moodleId], usable: false };
  const holders = lookup.identities.holders(externalId).map((holder) => holder.id);
  const ids = [...new Set([moodleId, ...holders])];
  if ((state === 'intact' || state === 'merged') && holders.length > 1)
    return { managed, row, code: 'duplicate-idnumber', ids, usable: false };
  const code = state === 'intact' && row !== undefined ? changedKey(row) : codeOf(lookup.kind, state);
  if (code === undefined) return { managed, row, ids, usable: true };
  const candidate = candidateFor(lookup, externalId, state, row);
  if (candidate.candidate !== undefined)
    ids.push(...[candidate.candidate.id].filter((id) => !ids.includes(id)));
  return {
    managed,
    row,
    code,
    ids,
    usable: state === 'intact',
    ...candidate,
  };
}

/** A row that a person accepted in the place of another one. */
export interface Relinked<R> {
  readonly row: R;
  readonly round: number;
  /** The row that gives up its idnumber to it. */
  readonly insteadOf: number | undefined;
}

/** Why a row gives up its idnumber to the one that is accepted in its place. */
const givesUp: ReadonlySet<NoticeCode | undefined> = new Set(['account-merged', 'id-taken-over']);

function claimOf<R extends Row>({ managed, code, row }: LinkCase<R>, to: R): Claim<R> {
  const { externalId } = managed;
  return {
    externalId,
    row: to,
    ...(givesUp.has(code) && row !== undefined && row !== to ? { insteadOf: row } : {}),
  };
}

export interface SettledLinks<R extends Row> {
  /** By External ID: every row that is ours, as it stands after relinking. */
  readonly cases: ReadonlyMap<string, LinkCase<R>>;
  /** External ID → the row that a person accepted, and the round in which it may be linked. */
  readonly relinked: ReadonlyMap<string, Relinked<R>>;
  readonly notices: readonly Notice[];
  readonly proposals: readonly LinkProposal[];
}

/**
 * Judges what is ours, carries out what people accepted, proposes what nobody has answered, and says what is wrong.
 * Relinking one row may mend another case, so what is wrong is judged again until nothing more is mended.
 */
export function settleLinks<R extends Row>(
  lookup: LinkLookup<R>,
  managed: readonly ManagedRow[],
  changedKey: (row: R, managed: ManagedRow) => NoticeCode | undefined,
): SettledLinks<R> {
  const { kind, answers, identities, owners } = lookup;
  const judge = (one: ManagedRow): LinkCase<R> => judgeLink(lookup, one, (row) => changedKey(row, one));
  const answerTo = ({ managed: { externalId }, candidate }: LinkCase<R>) =>
    candidate === undefined ? undefined : linkAnswer(answers, kind, externalId, candidate.id);
  const cases = new Map(managed.map((one) => [one.externalId, judge(one)]));
  const relinked = new Map<string, Relinked<R>>();
  for (let first = 0; ;) {
    const wrong = [...cases.values()].filter(
      ({ code, managed: { externalId } }) => code !== undefined && !relinked.has(externalId),
    );
    const claims = wrong.flatMap((one): Claim<R>[] =>
      one.candidate !== undefined && answerTo(one) === 'accepted' ? [claimOf(one, one.candidate)] : [],
    );
    const granted = identities.grant(claims);
    if (granted.size === 0) break;
    for (const [{ externalId, row, insteadOf }, round] of granted) {
      relinked.set(externalId, { row, round: first + round, insteadOf: insteadOf?.id });
      owners.move(externalId, cases.get(externalId)!.managed.moodleId, row.id);
    }
    first += Math.max(...granted.values()) + 1;
    for (const one of wrong)
      if (!relinked.has(one.managed.externalId)) cases.set(one.managed.externalId, judge(one.managed));
  }
  const notices: Notice[] = [];
  const proposals: LinkProposal[] = [];
  for (const [externalId, one] of cases) {
    if (one.code === undefined) continue;
    // A remembered answer mends it without asking again, but not without saying so.
    const detail = relinked.has(externalId) ? { level: 'drift' as const } : {};
    notices.push(notice(one.code, kind, externalId, one.ids, detail));
    if (one.candidate !== undefined && answerTo(one) === undefined)
      proposals.push({ kind, externalId, moodleId: one.candidate.id, evidence: one.evidence ?? relink });
  }
  return { cases, relinked, notices, proposals };
}

/** What the idnumbers in Moodle say about an External ID of which nothing is ours. */
export type Adoption<R> =
  | { readonly row: R }
  | { readonly row?: undefined; readonly notice: Notice; readonly proposals: readonly LinkProposal[] };

/** Finds the row that has this External ID as its idnumber. Undefined: no row has it, not even nearly. */
export function adopt<R extends Row>(lookup: LinkLookup<R>, externalId: string): Adoption<R> | undefined {
  const { kind, identities, owners, answers } = lookup;
  const holders = identities.holders(externalId);
  const [row] = holders;
  if (row === undefined) return undefined;
  const ids = holders.map((holder) => holder.id);
  const refuse = (code: NoticeCode, proposals: readonly LinkProposal[] = []): Adoption<R> => ({
    notice: notice(code, kind, externalId, ids),
    proposals,
  });
  if (holders.length > 1) return refuse('duplicate-idnumber');
  if (identities.idnumberOf(row) !== externalId) return refuse('idnumber-collation');
  const never = lookup.untouchable(row);
  if (never !== undefined) return refuse(never);
  if (owners.of(row.id).size === 0) return { row };
  // Ours under another External ID: only a person can say that both are the same.
  if (isTaken(lookup, row, externalId)) return refuse('link-broken');
  const answer = linkAnswer(answers, kind, externalId, row.id);
  if (answer === 'accepted') return { row };
  const proposal: LinkProposal = { kind, externalId, moodleId: row.id, evidence: ['relink'] };
  return refuse('link-broken', answer === undefined ? [proposal] : []);
}

/** Rows that persons accepted for somebody of whom nothing is ours; each may be accepted for one only. */
export class AcceptedLinks<R extends Row> {
  readonly #byExternalId = new Map<string, readonly R[]>();
  readonly #claims = new Map<number, number>();

  constructor(
    externalIds: Iterable<string>,
    accepted: ReadonlyMap<string, readonly number[]>,
    identities: Identities<R>,
    isLinkable: (row: R, externalId: string) => boolean,
  ) {
    for (const externalId of externalIds) {
      const rows = (accepted.get(externalId) ?? [])
        .flatMap((id) => identities.row(id) ?? [])
        .filter((row) => isLinkable(row, externalId));
      if (rows.length > 0) this.#byExternalId.set(externalId, rows);
      for (const row of rows) this.#claims.set(row.id, (this.#claims.get(row.id) ?? 0) + 1);
    }
  }

  /** The rows accepted for it, ascending. */
  of(externalId: string): readonly R[] {
    return this.#byExternalId.get(externalId) ?? [];
  }

  /** Whether somebody accepted this row for anybody. */
  isClaimed(row: R): boolean {
    return this.#claims.has(row.id);
  }

  /** The one row that was accepted for it and for nobody else. */
  only(externalId: string): R | undefined {
    const [row, ...others] = this.of(externalId);
    return row !== undefined && others.length === 0 && this.#claims.get(row.id) === 1 ? row : undefined;
  }
}
