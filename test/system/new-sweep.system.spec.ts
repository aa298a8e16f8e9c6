import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { stringify } from 'yaml';
import { openLaboratory, smallSpec, type Laboratory } from '../e2e/laboratory.ts';

jest.setTimeout(120_000);
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
const folders = (process.env['PATH'] ?? '').split(delimiter);
const program = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const name = 'the page of a new sweep';
const suite: typeof describe | typeof describe.skip = program === undefined ? describe.skip : describe;

suite(program === undefined ? `${name} (left out: no ${NAMES.join(', ')} is on the PATH)` : name, () => {
  let lab: Laboratory;
  let browser: Browser;
  /** What the browser's console called an error, but for the refusals that the tests provoke. */
  const complaints: string[] = [];
  const spec = stringify(smallSpec({ name: 'by-the-page', doses: [0, 7] }));

  beforeAll(async () => {
    const launched = chromium.launch({ executablePath: program!, headless: true, args: ['--no-sandbox', '--disable-gpu'] });
    [lab, browser] = await Promise.all([openLaboratory(), launched]);
    await lab.addCorpus();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, 60_000);

  async function open(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme })).newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of 400')) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${lab.stack.apiUrl}/new#token=${lab.stack.apiToken}`);
    return page;
  }
  /** Replaces the text by the editor's own commands: those of the browser see only the lines that are drawn. */
  async function write(page: Page, text: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Spec of the sweep, in YAML' }).focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
  }

  it('tells problems at their lines, and goes to one', async () => {
    const page = await open();
    await write(page, spec.replace('- 7', '- -3').replace('seeds:', 'sedes:'));
    await page.getByText('must be at least 0').waitFor();
    const lines = spec.split('\n');
    const told = await page.locator('.spec-problems li').allTextContents();
    expect(told).toEqual([
      `Line ${lines.findIndex((line) => line.includes('- 7')) + 1} grid.doses[1] must be at least 0`,
      `Line ${lines.findIndex((line) => line.includes('seeds:')) + 1} grid.sedes is not a known key; did you mean "seeds"?`,
    ]);
    expect(await page.locator('.cm-lintRange-error').count()).toBe(2);
    expect(await page.getByRole('button', { name: 'Submit' }).count()).toBe(0);
    await page.getByRole('button', { name: /^Line/ }).first().click();
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('7');
    await page.locator('.spec-problems li').nth(1).waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('shows runs, tokens and cost of the plan, and submits it once that is confirmed', async () => {
    const page = await open();
    await write(page, spec);
    await page.getByText('2 for 2 cells').waitFor();
    await page.getByText('no price is configured', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Submit' }).click();
    expect((await lab.client.listSweeps({})).items).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Submit' }).click();
    await page.waitForURL(/\/sweeps\/sw-/);
    await page.getByRole('heading', { name: 'by-the-page' }).waitFor();
    const [sweep] = (await lab.client.listSweeps({})).items;
    expect(sweep).toMatchObject({ name: 'by-the-page' });
    await lab.client.cancelSweep({ id: sweep!.id });
    await page.context().close();
  });

  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('meets WCAG 2.2 AA by axe, %s and %d pixels wide, and scrolls one way only', async (colours, width) => {
    const page = await open(colours);
    await page.setViewportSize({ width, height: 800 });
    await write(page, spec.replace('- 7', '- -3'));
    await page.getByText('must be at least 0').waitFor();
    // Through the debugger: the policy of the page lets no script in that is not its own.
    await page.evaluate(readFileSync(axe, 'utf8'));
    const found = await page.evaluate(async () => {
      const { axe, document } = globalThis as unknown as {
        document: unknown;
        axe: { run(root: unknown, options: object): Promise<{ violations: { id: string }[] }> };
      };
      const values = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
      return (await axe.run(document, { runOnly: { type: 'tag', values } })).violations.map(({ id }) => id);
    });
    expect(found).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.context().close();
  });

  it('does all that within the policy of the page', () => expect(complaints).toEqual([]));
});
