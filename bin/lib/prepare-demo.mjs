/** What `bin/demo` needs before it can begin. Says little when everything is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { main, projectFolder, step } from './command.mjs';
import { installDependencies } from './dependencies.mjs';
import { provideMariadb } from './mariadb.mjs';
import { provideTemporal } from './temporal.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  const onlyTalks = args.some((arg) => ['--stop', '--help', '-h'].includes(arg));
  if (onlyTalks && existsSync(join(projectFolder, 'dist/embedded/demo.js'))) return 0;
  await step('Packages', installDependencies);
  await step('MariaDB', provideMariadb);
  await step('Temporal', provideTemporal);
  await step('Build', build);
  return 0;
});
