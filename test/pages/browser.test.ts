/** The pages in a real browser: they load nothing, break nothing, and can be read, searched, sorted and printed. */
import { copyFile, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithChromium, startChromium } from '../support/chromium.js';
import { createPageSchool, hostileNames, type PageSchool } from './school.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A folder to put the pages and pictures of them into, for looking at. */
const pictures = process.env['PAGE_PICTURES'];

const kinds = ['findings', 'plan', 'report', 'removals', 'undo'] as const;
type Kind = (typeof kinds)[number];

describeWithChromium('pages in a browser', () => {
  let own: PageSchool;
  let browser: Browser;
  const files: Partial<Record<Kind, string>> = {};
  /** What went wrong in any page, and what any page asked for. */
  const asked: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    own = await createPageSchool();
    browser = await startChromium();
    files.findings = await own.page('findings');
    files.plan = await own.page('plan');
    await own.finish();
    files.report = await own.page('report');
    files.removals = await own.page('plan', String(await own.planRemovals()));
    files.undo = await own.page('plan', String(await own.planUndo()));
    if (pictures !== undefined)
      for (const kind of kinds) await copyFile(files[kind] ?? '', join(pictures, `${kind}.html`));
  });
  afterAll(async () => {
    await browser?.close();
    await own?.close();
  });

  async function visit<T>(
    kind: Kind,
    options: BrowserContextOptions,
    work: (page: Page) => Promise<T>,
  ): Promise<T> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    await context.route('**/*', async (route) => {
      const url = route.request().url();
      if (url.startsWith('file:')) return route.continue();
      asked.push(url);
      return route.abort();
    });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(`${kind}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`${kind}: ${error.message}`));
    await page.goto(pathToFileURL(files[kind] ?? '').href);
    try {
      return await work(page);
    } finally {
      await context.close();
    }
  }

  async function picture(page: Page, name: string, fullPage = true): Promise<void> {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
  }

  /** In the dark only colours can differ. */
  async function violations(page: Page, colorsOnly: boolean): Promise<string[]> {
    await page.addScriptTag({ content: await readFile(axe, 'utf8') });
    const options = colorsOnly ? '{ runOnly: ["color-contrast"] }' : '{}';
    const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
      `axe.run(document, ${options}).then(({ violations }) =>
        violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))`,
    );
    return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} (${nodes.length})`);
  }

  const tooWide =
    '[...document.querySelectorAll("section")].filter((one) => one.scrollWidth > one.clientWidth).map(({ id }) => id)';
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

  describe.each(kinds)('%s', (kind) => {
    test('is accessible, in light and dark', async () => {
      for (const colorScheme of ['light', 'dark'] as const)
        // our own policy would keep the checker out as well
        await visit(kind, { colorScheme, bypassCSP: true }, async (page) => {
          await picture(page, `${kind}-${colorScheme}`);
          expect(await violations(page, colorScheme === 'dark')).toEqual([]);
        });
    });

    test('fits a phone of 360 pixels', async () => {
      await visit(kind, { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }, async (page) => {
        expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
        await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
        expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
        expect(await page.evaluate<string[]>(tooWide)).toEqual([]);
        await picture(page, `${kind}-phone`, false);
        await page.locator('#classes, #decisions').first().scrollIntoViewIfNeeded();
        await picture(page, `${kind}-phone-lower`, false);
      });
    });

    test('can be read without JavaScript, and offers no control that needs it', async () => {
      await visit(kind, { javaScriptEnabled: false }, async (page) => {
        expect(await page.locator('h1').textContent()).not.toBe('');
        expect(await page.locator('input, button').count()).toBe(0);
        expect(await page.locator('section').count()).toBeGreaterThan(kind === 'undo' ? 5 : 6);
      });
    });

    test('prints everything, also what is folded or filtered away', async () => {
      await visit(kind, {}, async (page) => {
        const search = page.locator('input[type=search]:visible').first();
        if ((await search.count()) > 0) await search.fill('nobody is called this');
        await page.emulateMedia({ media: 'print' });
        expect(await page.locator('tbody tr:visible').count()).toBe(await page.locator('tbody tr').count());
        const names = page.locator('details li');
        const heights = await names.evaluateAll((all) =>
          all.map((one) => (one as unknown as { offsetHeight: number }).offsetHeight),
        );
        expect(heights.filter((height) => height === 0)).toEqual([]);
        expect(await page.locator('input:visible, nav:visible').count()).toBe(0);
        await picture(page, `${kind}-print`);
      });
    });

    test('names stay names', async () => {
      await visit(kind, {}, async (page) => {
        expect(await page.title()).toContain('Kōwhai College');
        expect(await page.locator('img, h1:has-text("Broken")').count()).toBe(0);
        expect(await page.locator('script').count()).toBe(1);
        expect(await page.locator('style').count()).toBe(1);
      });
    });
  });

  const sentences = async (page: Page): Promise<string> =>
    (await page.locator('body').innerText()).replaceAll(/\s+/g, ' ');

  test('a plan of removals says what is suspended and hidden, and that all of it can come back', async () => {
    await visit('removals', {}, async (page) => {
      expect(await page.locator('h1').innerText()).toContain('what would be suspended and hidden in Moodle');
      const text = await sentences(page);
      expect(text).toMatch(/When this plan is carried out, [\d,]+ accounts are suspended/);
      expect(text).toContain('Nothing is deleted: grades and work stay');
      expect(text).toMatch(/Accounts suspended [\d,]+/);
      expect(text).toMatch(/Courses hidden [\d,]+/);
      expect(text).not.toMatch(/come in|Comes into|deletion is off|Nothing is removed|changes nothing/i);
      const person = page.locator('#student-list tbody tr', { hasText: 'Account suspended' }).first();
      expect(await person.locator('th').innerText()).toMatch(/\p{L}{2,} \p{L}{2,}/u);
    });
  });

  test('a plan that takes a run back says what is removed again, what is not, and why', async () => {
    await visit('undo', {}, async (page) => {
      expect(await page.locator('h1').innerText()).toContain('what would be taken back in Moodle');
      const text = await sentences(page);
      expect(text).toMatch(/[\d,]+ unused enrolments are removed again/);
      expect(text).toContain('no grade and no work is removed');
      expect(text).toContain('Somebody has used it since; it is suspended or hidden instead of removed.');
      expect(text).not.toMatch(
        /come in|Comes into|deletion is off|Nothing is removed|changes nothing|usual/i,
      );
      expect(await page.locator('#kept').count()).toBe(0);
      expect(
        await page.locator('#student-list td', { hasText: 'Unused account removed again' }).count(),
      ).toBeGreaterThan(0);
    });
  });

  test('a name that turns the direction of text does so only for itself', async () => {
    // a reading takes such marks away; a comment of a decision is kept as it was typed
    await visit('report', {}, async (page) => {
      const comment = page.locator('bdi', { hasText: hostileNames.turned }).first();
      expect(await comment.count()).toBe(1);
      const isolated =
        'getComputedStyle([...document.querySelectorAll("#decisions bdi")].at(-1)).unicodeBidi';
      expect(await page.evaluate<string>(isolated)).toBe('isolate');
    });
  });

  test('the search finds names without macrons, also within a class, and says how many', async () => {
    await visit('plan', {}, async (page) => {
      const list = page.locator('#student-list');
      const all = await list.locator('tbody tr').count();
      await list.getByLabel('Search').fill('turn');
      const shown = await list.locator('tbody tr:visible').count();
      expect(await list.getByRole('status').textContent()).toBe(`${shown} of ${all} shown`);
      expect(shown).toBeLessThan(all);
      await list.getByLabel('Search').fill('');
      expect(await list.locator('tbody tr:visible').count()).toBe(all);

      const macron = page.locator('#student-list tbody th', { hasText: /[āēīōū]/ }).first();
      const word = ((await macron.textContent()) ?? '').split(' ').find((one) => /[āēīōū]/.test(one)) ?? '';
      const plain = word.normalize('NFD').replace(/\p{M}/gu, '');
      await list.getByLabel('Search').fill(plain);
      expect(await list.locator('tbody tr:visible', { hasText: word }).count()).toBeGreaterThan(0);

      const classes = page.locator('#class-list');
      const folded = classes.locator('details li').first();
      const id = (await folded.locator('small').textContent()) ?? '';
      await classes.getByLabel('Search').fill(id);
      expect(await classes.locator('details li:visible', { hasText: id }).count()).toBeGreaterThan(0);
    });
  });

  test('columns sort by keyboard, both ways, numbers as numbers', async () => {
    await visit('plan', {}, async (page) => {
      const list = page.locator('#student-list');
      const names = async (): Promise<string[]> => list.locator('tbody th').allTextContents();
      const before = await names();
      const head = list.getByRole('columnheader', { name: 'Name' });
      await head.getByRole('button').focus();
      await page.keyboard.press('Enter');
      expect(await head.getAttribute('aria-sort')).toBe('ascending');
      await page.keyboard.press('Enter');
      expect(await head.getAttribute('aria-sort')).toBe('descending');
      const after = await names();
      expect(after).not.toEqual(before);
      expect([...after].sort()).toEqual([...before].sort());

      const year = list.getByRole('columnheader', { name: 'Year' });
      await year.getByRole('button').click();
      const levels = (await list.locator('tbody tr td:nth-child(2)').allTextContents()).filter(
        (text) => text !== '',
      );
      expect(levels.map(Number)).toEqual(levels.map(Number).sort((a, b) => b - a));
    });
  });

  test('nothing is fetched and nothing is complained about', () => {
    expect(asked).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
