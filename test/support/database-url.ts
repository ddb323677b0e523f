import type { DatabaseAddress } from '../../data/database/connect.js';

/** Reads `mysql://user:password@host:port`; the account must be allowed to create and drop schemas. */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const url = new URL(text);
  if (url.protocol !== 'mysql:') throw new Error('ROLLOVER_TEST_DATABASE must begin with mysql://.');
  return {
    host: url.hostname,
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}
