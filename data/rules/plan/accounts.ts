/** Moodle's accounts as planning looks them up: by idnumber, login and e-mail address, as Moodle's collation compares. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { ManagedUser } from '../../model/plan.js';
import type { CollationFold, MoodleUser } from '../../moodle/state.js';
import { Holdings } from './holdings.js';
import { Identities } from './identities.js';
import { Owners } from './links.js';

/** Why an account is never linked or changed, or undefined. */
export function untouchable(user: MoodleUser): NoticeCode | undefined {
  if (user.siteAccount) return 'site-account';
  return user.local ? undefined : 'foreign-account';
}

export class Accounts {
  readonly identities: Identities<MoodleUser>;
  /** Folded logins of the site's own accounts. */
  readonly logins = new Holdings();
  /** Folded e-mail addresses of the site's own accounts. */
  readonly emails = new Holdings();
  readonly owners: Owners;
  readonly #fold: CollationFold;
  readonly #actor: string | undefined;

  constructor(
    users: readonly MoodleUser[],
    managed: Iterable<ManagedUser>,
    fold: CollationFold,
    actor: string | undefined,
  ) {
    this.#fold = fold;
    this.#actor = actor;
    this.identities = new Identities(users, fold);
    this.owners = new Owners(managed);
    for (const user of users) {
      // Logins and addresses are unique per host: other hosts' accounts stand in nobody's way.
      if (!user.local) continue;
      this.logins.add(user.id, fold(user.username));
      if (user.email !== '') this.emails.add(user.id, fold(user.email));
    }
  }

  #rows(ids: ReadonlySet<number>): MoodleUser[] {
    return [...ids].sort((a, b) => a - b).flatMap((id) => this.identities.row(id) ?? []);
  }

  /** Accounts with this login once the updates planned so far are applied. */
  withLogin(login: string): MoodleUser[] {
    return this.#rows(this.logins.holders(this.#fold(login)));
  }

  /** Accounts with this address once the updates planned so far are applied. */
  withEmail(email: string): MoodleUser[] {
    return email === '' ? [] : this.#rows(this.emails.holders(this.#fold(email)));
  }

  /** Not the site's own, not another host's, and not the account that we work as. */
  isNobodysOwn(user: MoodleUser): boolean {
    return untouchable(user) === undefined && user.username !== this.#actor;
  }

  /**
   * Whether a person may declare this account to be somebody: it is the site's own, neither guest nor administrator
   * nor the account that we work as, nobody's by idnumber, and not ours already.
   */
  isLinkable(user: MoodleUser): boolean {
    return (
      this.isNobodysOwn(user) && this.identities.idnumberOf(user) === '' && this.owners.of(user.id).size === 0
    );
  }
}
