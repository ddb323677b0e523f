/** Chromium, in which tests look at the pages: found, or installed. Only tests use it. */
import { accessSync, constants } from 'node:fs';
import { which } from './command.mjs';
import { installPackages } from './packages.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** `CHROMIUM`, else what is on the path; test/support/chromium.ts looks in the same places. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (!named) return names.map((name) => which(name)).find(Boolean);
  try {
    accessSync(named, constants.X_OK);
    return named;
  } catch {
    return undefined;
  }
}

/** Finds or installs it; without a way to do so, says what to install: the tests that need it will be skipped. */
export async function provideChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  if (await installPackages({ 'apt-get': [['chromium']] }, () => findChromium() !== undefined))
    return findChromium();
  return 'skipped: tests of pages in a browser; install the package chromium, or let CHROMIUM name a Chromium or Chrome';
}
