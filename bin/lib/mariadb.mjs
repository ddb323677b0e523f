/** MariaDB's programs: found, or installed as packages that start no service. */
import { missing, run, succeeds, which } from './command.mjs';

const folders = ['/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin', '/opt/homebrew/opt/mariadb/bin'];

/** By package manager: what to run as root. Debian's "core" packages hold the programs and no service. */
const installers = [
  {
    manager: 'apt-get',
    refresh: ['update', '-q'],
    packages: [
      ['mariadb-server-core', 'mariadb-client-core'],
      // Ubuntu 22.04 names them by version
      ['mariadb-server-core-10.6', 'mariadb-client-core-10.6'],
    ],
    install: ['install', '-y', '-q', '--no-install-recommends'],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  },
];

export function findMariadb() {
  const installDb = which('mariadb-install-db', folders) ?? which('mysql_install_db', folders);
  return installDb === undefined ? undefined : which('mariadbd', folders);
}

/** Finds or installs the server; without a way to do so, says what to install. */
export async function provideMariadb() {
  const found = findMariadb();
  if (found !== undefined) return found;
  for (const installer of installers) {
    if (which(installer.manager) !== undefined && (await install(installer))) return findMariadb();
  }
  if (process.env.ROLLOVER_TEST_DATABASE)
    return 'missing; ROLLOVER_TEST_DATABASE is used, and tests that need a private server will be skipped';
  throw missing(
    'MariaDB is missing and could not be installed: install the packages mariadb-server-core and mariadb-client-core (macOS: brew install mariadb).',
  );
}

async function install({ manager, refresh, packages, install: command, env }) {
  const asRoot = rootPrefix();
  if (asRoot === undefined) {
    process.stderr.write(
      `  Installing with ${manager} needs root, and sudo without a password is not set up.\n`,
    );
    return false;
  }
  const attempt = (args) => {
    const [program, ...rest] = [...asRoot, 'env', ...assignments(env), manager, ...args];
    return run(program, rest, { quiet: true });
  };
  // a machine that is new has no package lists, or old ones
  await attempt(refresh);
  for (const names of packages) {
    if ((await attempt([...command, ...names])) === 0 && findMariadb() !== undefined) return true;
  }
  return false;
}

const assignments = (env) => Object.entries(env).map(([name, value]) => `${name}=${value}`);

/** How to run as root: not at all when we are, else sudo that asks nothing. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return which('sudo') !== undefined && succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}
