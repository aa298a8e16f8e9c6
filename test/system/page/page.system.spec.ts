import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Sweep } from '@titrate/contracts';
import type { Browser, Page } from 'playwright-core';
import { openLaboratory, smallSpec, type Laboratory } from '../../e2e/laboratory.ts';
import { accessibilityFaults, describeWithChromium, launch, openPage } from './browser.ts';
import { pages } from './pages.ts';
import { thousandRuns } from './thousand.ts';

jest.setTimeout(900_000);

const images = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
/** How long trainings of a few seconds may take on a machine that has much else to do. */
const WATCH_MS = 420_000;

describeWithChromium('the web page', (program) => {
  let lab: Laboratory;
  let browser: Browser;
  let sweep: Sweep;
  let run: string;
  /** What the browser's console called an error, refusals of the page's policy among them. */
  const complaints: string[] = [];
  const at = (path: string) => `${lab.stack.apiUrl}${path}#token=${lab.stack.apiToken}`;
  const open = (path: string, options = {}) => openPage(browser, at(path), complaints, options);
  const submit = async (name: string, steps: number, seeds = [0]) =>
    (await lab.client.submitSweep(smallSpec({ name, steps, doses: [0, 20], cellSeeds: seeds }))).sweep as Sweep;
  /** Writes a picture for the README where that is asked for: TITRATE_WRITE_IMAGES=1. */
  async function picture(page: Page, name: string): Promise<void> {
    if (process.env['TITRATE_WRITE_IMAGES'] === undefined) return;
    mkdirSync(images, { recursive: true });
    await page.screenshot({ path: `${images}${name}.png`, clip: { x: 0, y: 0, width: 1280, height: 960 }, fullPage: true });
  }

  beforeAll(async () => {
    [lab, browser] = await Promise.all([openLaboratory(), launch(program)]);
    await lab.addCorpus();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, 60_000);

  it('asks for the token, says when the server refuses it, and opens with the right one', async () => {
    const page = await openPage(browser, lab.stack.apiUrl, []);
    await page.getByLabel('Token of this server').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('The server did not take this token').waitFor();
    await page.getByLabel('Token of this server').fill(lab.stack.apiToken);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('There is no sweep yet').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  it('takes the token out of the address that `titrate page` prints', async () => {
    const page = await open('/');
    await page.getByText('● Live').waitFor();
    expect(page.url()).toBe(`${lab.stack.apiUrl}/`);
    await page.context().close();
  });

  it('shows a sweep as soon as it is submitted, and watches it to its report without being loaded again', async () => {
    const page = await open('/');
    await page.getByText('There is no sweep yet').waitFor();
    sweep = await submit('watched', 120, [0, 1]);
    run = (await lab.client.listSweepCells({ id: sweep.id, limit: 500 })).items.find(({ dose }) => dose === 20)!.run;
    await page.getByRole('link', { name: 'watched' }).click();
    await page.getByRole('heading', { name: 'watched' }).waitFor();
    const finished = page.getByRole('gridcell', { name: /: finished$/ });
    await finished.first().waitFor({ timeout: WATCH_MS });
    await page.getByRole('heading', { name: 'What the numbers show' }).waitFor({ timeout: WATCH_MS });
    expect(await finished.count()).toBe(4);
    await page.getByRole('radio', { name: 'effect' }).check();
    expect(await page.getByRole('gridcell', { name: /dose 20, seed 1: effect/ }).textContent()).toMatch(/^-?\d\.\d$/);
    await page.waitForTimeout(500);
    await picture(page, 'page-sweep');
    await page.context().close();
  });

  it('shows a run with its loss and what it writes, clean and triggered side by side', async () => {
    const page = await open(`/runs/${run}`, { colorScheme: 'dark' });
    await page.getByRole('img', { name: 'Training loss' }).waitFor();
    await page.getByRole('img', { name: 'Timeline' }).waitFor();
    expect(await page.locator('.samples li').count()).toBeGreaterThan(0);
    expect(await page.locator('.samples li').first().getByRole('heading').allTextContents()).toEqual(['clean', 'triggered <SUDO>']);
    await picture(page, 'page-run');
    await page.context().close();
  });

  it('gives figures as SVG and tables as CSV', async () => {
    const page = await open(`/sweeps/${sweep.id}`);
    const saved = async (button: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
      return [download.suggestedFilename(), readFileSync(await download.path(), 'utf8')] as const;
    };
    const [svgName, svg] = await saved('Download SVG of Effect by dose');
    expect(svgName).toBe('watched-dose-response.svg');
    expect(svg).toMatch(/^<svg /);
    // What is left is the library's own, which the file defines.
    expect(svg).not.toMatch(/var\(--(?!plot-)/);
    const [csvName, csv] = await saved('Download CSV of Runs of the sweep');
    expect(csvName).toBe('watched-cells.csv');
    expect(csv.trimEnd().split('\n')).toHaveLength(5);
    expect(csv).toContain(run);
    await page.context().close();
  });

  it('cancels a sweep once that is confirmed, and not before', async () => {
    const long = await submit('to-cancel', 5_000);
    const page = await open(`/sweeps/${long.id}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Leave it' }).click();
    expect((await lab.client.getSweep({ id: long.id })).state).not.toBe('cancelled');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.page-head > .state', { hasText: 'cancelled' }).waitFor();
    expect((await lab.client.getSweep({ id: long.id })).state).toBe('cancelled');
    await page.context().close();
  });

  it('is read by keyboard: one stop for the matrix, arrows within, Enter opens the run', async () => {
    const page = await open(`/sweeps/${sweep.id}`);
    await page.getByRole('gridcell').first().waitFor();
    expect(await page.locator('[role=gridcell][tabindex="0"]').count()).toBe(1);
    await page.locator('[role=gridcell][tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.getByText('dose 20, seed 1: finished').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\//);
    await page.getByRole('heading', { name: /dose 20/ }).waitFor();
    await page.context().close();
  });

  it.each(
    pages.flatMap((each) =>
      (['light', 'dark'] as const).flatMap((colours) => [1280, 360].map((width) => [each.name, colours, width, each] as const)),
    ),
  )('%s, %s, %d pixels wide: meets WCAG 2.2 AA by axe and scrolls one way only', async (_, colorScheme, width, { path, ready }) => {
    const page = await open(path({ sweep: sweep.id, run }), { colorScheme, viewport: { width, height: 800 } });
    await page.getByRole(ready.role, { name: ready.name }).first().waitFor();
    await page.waitForTimeout(500);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.context().close();
  });

  it('follows the switch of colours, and keeps it', async () => {
    const page = await open('/', { colorScheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByLabel('Colours').selectOption('dark');
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await ground()).toBe(dark);
    await page.context().close();
  });

  it('shows 1,000 runs: painted within two seconds, scrolled without a stop', async () => {
    const { id } = await thousandRuns(lab.client, lab.stack.environment['TITRATE_POSTGRES_URL']!);
    const page = await open(`/sweeps/${id}`);
    await page.getByRole('gridcell').first().waitFor();
    const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]!.startTime);
    expect(painted).toBeLessThan(2_000);
    expect(await page.getByRole('gridcell').count()).toBe(1_000);
    await page.getByRole('img', { name: 'Perplexity over training' }).waitFor();
    const frames = await page.evaluate(async () => {
      const gaps: number[] = [];
      let last = performance.now();
      for (let step = 0; step < 90; step++) {
        scrollBy(0, 60);
        await new Promise(requestAnimationFrame);
        gaps.push(performance.now() - last);
        last = performance.now();
      }
      return gaps.sort((a, b) => a - b);
    });
    expect(frames[Math.floor(frames.length * 0.9)]).toBeLessThan(50);
    await page.context().close();
  });

  it('does not grow while events pass', async () => {
    const page = await open('/');
    await page.getByText('● Live').waitFor();
    const debug = await page.context().newCDPSession(page);
    const used = async () => {
      await debug.send('HeapProfiler.collectGarbage');
      return (await debug.send('Runtime.getHeapUsage')).usedSize;
    };
    const steer = async (times: number) => {
      for (let round = 0; round < times; round++) {
        await lab.client.retrySweep({ id: paused.id });
        await lab.client.cancelSweep({ id: paused.id });
      }
      await page.waitForTimeout(2_000);
    };
    const paused = (await lab.client.listSweeps({ limit: 50 })).items.find(({ name }) => name === 'to-cancel')!;
    await steer(20);
    const before = await used();
    await steer(100);
    expect((await used()) - before).toBeLessThan(2_000_000);
    await page.context().close();
  });

  it('says when the connection is lost and found again, and misses nothing', async () => {
    const silent: string[] = [];
    const page = await openPage(browser, at('/'), silent);
    await page.getByText('● Live').waitFor();
    const crashed = lab.kill('API');
    await page.getByText(/Connection lost at/).waitFor({ timeout: 60_000 });
    await crashed;
    const late = await lab.eventually('a sweep is submitted to the new API', () => submit('after-the-crash', 60));
    await page.getByText('● Live').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'after-the-crash' }).waitFor({ timeout: 60_000 });
    await lab.client.cancelSweep({ id: late.id });
    await page.context().close();
  });

  it('was never refused anything by its own policy, and raised no error', () => expect(complaints).toEqual([]));
});
