import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createRequire } from 'node:module';
import { describe } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The system's Chromium; null where there is none. */
export function findChromium(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

/** Tests that need a browser; where there is none they are left out by name, with the reason. */
export function describeWithChromium(name: string, tests: (program: string) => void): void {
  const found = findChromium();
  if (found === null) describe.skip(`${name} (left out: no ${NAMES.join(', ')} is on the PATH)`, () => tests(''));
  else describe(name, () => tests(found));
}

/** A browser of its own, without a window; playwright gives it a profile of its own as well. */
export const launch = (program: string): Promise<Browser> => chromium.launch({ executablePath: program, headless: true, args: FLAGS });

/** A tab that is signed in. What its console reports as an error is added to `complaints`. */
export async function openPage(
  browser: Browser,
  address: string,
  complaints: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  await page.goto(address);
  return page;
}

/** What axe finds against WCAG 2.2 AA, each with the first place that it was found at. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Through the debugger: the policy of the page lets no script in that is not its own.
  await page.evaluate(readFileSync(axeSource, 'utf8'));
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const violations = await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          root: unknown,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }>;
      };
    };
    const found = await axe.run(document, { runOnly: { type: 'tag', values } });
    return found.violations.map(({ id, nodes }) => `${id} at ${String(nodes[0]?.target)}: ${nodes[0]?.failureSummary}`);
  }, rules);
  return violations;
}
