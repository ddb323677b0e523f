/** The rows of one kind by idnumber, as Moodle's collation compares: who has which External ID, also after relinking. */
import type { CollationFold } from '../../moodle/state.js';
import { Holdings } from './holdings.js';

interface Row {
  readonly id: number;
  readonly idnumber: string;
}

/** A row that is to get this External ID as its idnumber. */
export interface Claim<R> {
  readonly externalId: string;
  readonly row: R;
  /** The row that has it now and gives it up to this one. */
  readonly insteadOf?: R;
}

export class Identities<R extends Row> {
  readonly #rows = new Map<number, R>();
  readonly #holdings = new Holdings();
  readonly #given = new Map<number, string>();
  readonly #fold: CollationFold;

  constructor(rows: readonly R[], fold: CollationFold) {
    this.#fold = fold;
    for (const row of rows) {
      this.#rows.set(row.id, row);
      if (row.idnumber !== '') this.#holdings.add(row.id, fold(row.idnumber));
    }
  }

  /** The row of this Moodle id. */
  row(id: number): R | undefined {
    return this.#rows.get(id);
  }

  /** Rows whose idnumber Moodle calls equal to it, by id. An empty External ID is nobody's. */
  holders(externalId: string): R[] {
    if (externalId === '') return [];
    return [...this.#holdings.holders(this.#fold(externalId))]
      .sort((a, b) => a - b)
      .flatMap((id) => this.#rows.get(id) ?? []);
  }

  /** The row's idnumber once the claims granted so far are applied. */
  idnumberOf(row: R): string {
    return this.#given.get(row.id) ?? row.idnumber;
  }

  /**
   * Grants the claims that leave every External ID with one row. Claims of several on one row are refused. The value
   * is the round in which a claim is applied: it may need a value that another one gives up.
   */
  grant(claims: readonly Claim<R>[]): Map<Claim<R>, number> {
    const counts = new Map<number, number>();
    for (const { row } of claims) counts.set(row.id, (counts.get(row.id) ?? 0) + 1);
    const wishes = claims
      .filter(({ row }) => counts.get(row.id) === 1)
      .map((claim) => {
        const before = this.idnumberOf(claim.row);
        return {
          claim,
          row: claim.row.id,
          from: before === '' ? null : this.#fold(before),
          to: this.#fold(claim.externalId),
        };
      });
    for (const { claim, to } of wishes)
      if (claim.insteadOf !== undefined && this.idnumberOf(claim.insteadOf) === claim.externalId)
        this.#holdings.remove(claim.insteadOf.id, to);
    const granted = new Map<Claim<R>, number>();
    for (const [{ claim }, round] of this.#holdings.fulfil(wishes)) {
      granted.set(claim, round);
      this.#given.set(claim.row.id, claim.externalId);
    }
    const winners = new Set([...granted.keys()].map(({ row }) => row.id));
    for (const { insteadOf, externalId } of granted.keys())
      if (insteadOf !== undefined && !winners.has(insteadOf.id) && this.idnumberOf(insteadOf) === externalId)
        this.#given.set(insteadOf.id, '');
    for (const { claim, to } of wishes)
      if (
        claim.insteadOf !== undefined &&
        !granted.has(claim) &&
        this.idnumberOf(claim.insteadOf) === claim.externalId
      )
        this.#holdings.add(claim.insteadOf.id, to);
    return granted;
  }
}
