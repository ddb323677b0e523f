/** MariaDB's programs: found, or installed as packages that start no service. */
import { missing, which } from './command.mjs';
import { installPackages } from './packages.mjs';

const folders = ['/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin', '/opt/homebrew/opt/mariadb/bin'];

/** Debian's "core" packages hold the programs and no service; mariadb-dump is in mariadb-client. */
const packages = {
  'apt-get': [
    ['mariadb-server-core', 'mariadb-client-core', 'mariadb-client'],
    // Ubuntu 22.04 names them by version
    ['mariadb-server-core-10.6', 'mariadb-client-core-10.6', 'mariadb-client-10.6'],
  ],
};

export function findMariadb() {
  const installDb = which('mariadb-install-db', folders) ?? which('mysql_install_db', folders);
  return installDb === undefined ? undefined : which('mariadbd', folders);
}

/** Whether `rollover backup` has a dump program. */
function hasDump() {
  return (which('mariadb-dump', folders) ?? which('mysqldump', folders)) !== undefined;
}

/** Finds or installs the server; without a way to do so, says what to install. */
export async function provideMariadb() {
  const found = findMariadb();
  if (found !== undefined && hasDump()) return found;
  if (await installPackages(packages, () => findMariadb() !== undefined && hasDump())) return findMariadb();
  if (found !== undefined)
    return `${found}; no dump program (package mariadb-client): \`rollover backup\` needs one`;
  if (process.env.ROLLOVER_TEST_DATABASE)
    return 'missing; ROLLOVER_TEST_DATABASE is used, and tests that need a private server will be skipped';
  throw missing(
    'MariaDB is missing and could not be installed: install the packages mariadb-server-core, mariadb-client-core and mariadb-client (macOS: brew install mariadb).',
  );
}
