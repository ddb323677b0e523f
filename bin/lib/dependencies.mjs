/** The project's own packages, as package-lock.json names them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missing, projectFolder, run } from './command.mjs';

/** Installs the packages unless exactly these are there. */
export async function installDependencies() {
  if (matchesLock()) return 'as locked';
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0)
    throw missing(
      'The packages of package-lock.json could not be installed: see what npm said above (is the npm registry reachable?).',
    );
  return 'installed';
}

/** npm notes in node_modules what it installed; packages for other systems are optional and stay out. */
function matchesLock() {
  const wanted = readPackages(join(projectFolder, 'package-lock.json'));
  const present = readPackages(join(projectFolder, 'node_modules/.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (present[path] === undefined ? optional === true : present[path].version === version),
  );
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}
