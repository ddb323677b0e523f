/** Moodle's rules for usernames (docs/moodle-writes.md): what SQL would let pass and Moodle's own pages refuse. */

/** Characters that user.username holds. */
export const LOGIN_MAX_LENGTH = 100;

/** KN's User ID as Moodle keeps it: trimmed, lower-case. */
export function normaliseLogin(login: string): string {
  return login.trim().toLowerCase();
}

/**
 * Whether Moodle accepts a normalised login. `extendedUsernameChars` is Moodle's setting of that name: it lifts the
 * alphabet, not the ban on spaces and capitals.
 */
export function isValidLogin(login: string, extendedUsernameChars: boolean): boolean {
  if (login === '' || login !== normaliseLogin(login)) return false;
  if (login.length > LOGIN_MAX_LENGTH && [...login].length > LOGIN_MAX_LENGTH) return false;
  return extendedUsernameChars ? !/[\s\p{C}]/u.test(login) : /^[a-z0-9._@-]+$/.test(login);
}
