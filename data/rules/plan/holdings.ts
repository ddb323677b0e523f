/** Values that only one row may have (idnumber, login, e-mail address): who has them, and who gets them next. */

/** One row wants to give up a value for another. Values are folded; null = it has none. */
export interface Wish {
  /** Moodle id. */
  readonly row: number;
  readonly from: string | null;
  readonly to: string;
}

export class Holdings {
  readonly #holders = new Map<string, Set<number>>();

  /** Writes down that a row has a (folded) value. */
  add(row: number, value: string): void {
    const holders = this.#holders.get(value);
    if (holders === undefined) this.#holders.set(value, new Set([row]));
    else holders.add(row);
  }

  /** The row gives the value up. */
  remove(row: number, value: string): void {
    this.#holders.get(value)?.delete(row);
  }

  /** Rows that have this value. */
  holders(value: string): ReadonlySet<number> {
    return this.#holders.get(value) ?? new Set();
  }

  #move({ row, from, to }: Wish): void {
    if (from !== null) this.#holders.get(from)?.delete(row);
    this.add(row, to);
  }

  #isFree({ row, to }: Wish): boolean {
    for (const holder of this.holders(to)) if (holder !== row) return false;
    return true;
  }

  /**
   * Fulfils every wish for a value that is free or that another fulfilled wish sets free, and says in which round:
   * a wish of round 1 may only be applied after round 0. Two wishes for one value are both left, and so is a circle:
   * nothing picks the first one. The order of the wishes does not matter.
   */
  fulfil<W extends Wish>(wishes: readonly W[]): Map<W, number> {
    const byTarget = new Map<string, W | null>();
    for (const wish of wishes) byTarget.set(wish.to, byTarget.has(wish.to) ? null : wish);
    const rounds = new Map<W, number>();
    let round = [...byTarget.values()].filter((wish): wish is W => wish !== null && this.#isFree(wish));
    for (let number = 0; round.length > 0; number += 1) {
      for (const wish of round) {
        this.#move(wish);
        rounds.set(wish, number);
      }
      const freed = new Set(round.flatMap((wish) => (wish.from === null ? [] : [wish.from])));
      round = [...freed].flatMap((value) => {
        const next = byTarget.get(value);
        return next !== undefined && next !== null && !rounds.has(next) && this.#isFree(next) ? [next] : [];
      });
    }
    return rounds;
  }
}
