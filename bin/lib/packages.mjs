/** Installing packages of the operating system, where that is possible without asking anybody. */
import { run, succeeds, which } from './command.mjs';

const installers = [
  {
    manager: 'apt-get',
    refresh: ['update', '-q'],
    install: ['install', '-y', '-q', '--no-install-recommends'],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  },
];

/**
 * Installs the first set of packages after which `isThere` holds; whether one did.
 * `packages`: per package manager, sets of names to try in order.
 */
export async function installPackages(packages, isThere) {
  for (const installer of installers) {
    const sets = packages[installer.manager];
    if (sets === undefined || which(installer.manager) === undefined) continue;
    if (await install(installer, sets, isThere)) return true;
  }
  return false;
}

async function install({ manager, refresh, install: command, env }, sets, isThere) {
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
  for (const names of sets) {
    if ((await attempt([...command, ...names])) === 0 && isThere()) return true;
  }
  return false;
}

const assignments = (env) => Object.entries(env).map(([name, value]) => `${name}=${value}`);

/** How to run as root: not at all when we are, else sudo that asks nothing. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return which('sudo') !== undefined && succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}
