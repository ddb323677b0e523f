/** Compiles the project when its source is not the one that was compiled last. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, Refusal, run } from './command.mjs';

const sources = ['activities', 'cli', 'codec', 'data', 'embedded', 'pages', 'workers', 'workflows'];
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const stamp = join(projectFolder, 'dist', '.built-from');

export async function build() {
  const fingerprint = fingerprintOfSource();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return 'up to date';
  if ((await run('npm', ['run', '--silent', 'build'])) !== 0)
    throw new Refusal('The build failed: see above.', 1);
  writeFileSync(stamp, fingerprint);
  return 'built';
}

function fingerprintOfSource() {
  const hash = createHash('sha256');
  for (const file of [...settings, ...sources.flatMap(filesBelow)])
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(projectFolder, file)))
      .update('\0');
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(projectFolder.length + 1))
    .sort();
}
