/**
 * The test server on which weeks pass in seconds (for gates that wait): Java, from Maven Central. Only tests use
 * it; where Java or Maven is missing they say that they are skipped.
 */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, run, which } from './command.mjs';

const VERSION = '1.35.0';
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** test/support/time-skipping.ts looks for this file. */
export const timeSkippingServer = join(cacheFolder, `time-skipping-${VERSION}`, 'temporal-test-server');

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>moodle-rollover</groupId>
  <artifactId>time-skipping-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Such a short-lived program is up sooner without the better compiler. */
const wrapper = `#!/bin/sh
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`;

export async function provideTimeSkippingServer() {
  if (existsSync(timeSkippingServer)) {
    writeFileSync(timeSkippingServer, wrapper);
    return timeSkippingServer;
  }
  if (which('java') === undefined || which('mvn') === undefined)
    return 'skipped: Java and Maven are not installed, tests that let weeks pass will be skipped';
  const folder = join(cacheFolder, `time-skipping-${VERSION}`);
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, 'pom.xml'), pom);
  const args = ['-q', '-B', '-ntp', '-f', 'pom.xml', COPY, '-DoutputDirectory=lib', '-DincludeScope=runtime'];
  if ((await run('mvn', args, { cwd: fresh, quiet: true })) !== 0)
    return 'skipped: Maven could not fetch the test server, tests that let weeks pass will be skipped';
  writeFileSync(join(fresh, 'temporal-test-server'), wrapper);
  chmodSync(join(fresh, 'temporal-test-server'), 0o755);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return timeSkippingServer;
}
