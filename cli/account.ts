/** Who decides: an account id, which travels and is written down; never a name. */
import { RolloverError } from '../data/model/errors.js';
import type { Io } from './io.js';

const ACCOUNT = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u;

/** `--as`, else ROLLOVER_ACCOUNT, else the account of the operating system. @throws RolloverError UsageInvalid */
export function accountOf(given: string | undefined, io: Io): string {
  const account = given ?? (io.env['ROLLOVER_ACCOUNT'] || io.userName());
  if (!ACCOUNT.test(account))
    throw new RolloverError(
      'UsageInvalid',
      'An account id has at most 64 letters, digits and . _ @ + - (name it with --as or ROLLOVER_ACCOUNT).',
    );
  return account;
}
