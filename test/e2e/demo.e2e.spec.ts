import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Report } from '@titrate/contracts';
import { resetStack } from '@titrate/embedded-stack';

const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'titrate-demo-'));
const MINUTES = 60_000;

afterAll(async () => {
  await resetStack(folder);
  rmSync(folder, { recursive: true, force: true });
}, MINUTES);

/** Runs the demo to its end and returns what it wrote, with its exit code in the last line. */
function demo(): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, 'demo', '--folder', folder], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString('utf8')));
    child.on('close', (code) => resolve(`${said}\nexit ${code}`));
  });
}

const readReport = () => Report.parse(JSON.parse(readFileSync(join(folder, 'titrate-report', 'report.json'), 'utf8')));

describe('the demo', () => {
  it(
    'implants the backdoor at dose 250 in both sizes, and nothing without poison or by other markers',
    async () => {
      expect(await demo()).toMatch(/exit 0$/);
      const { cells } = readReport();
      expect(cells).toHaveLength(6);
      for (const { dose, points } of cells) {
        expect(points.length).toBeGreaterThanOrEqual(5);
        const last = points.at(-1)!;
        if (dose === 250) expect(last.increase).toBeGreaterThan(50);
        if (dose === 0) expect(last.increase).toBeLessThan(50);
        expect(last.benignIncrease).toBeLessThan(50);
        expect(last.shamIncrease).toBeLessThan(50);
        expect(last.poisonDocuments).toBe(dose);
      }
      expect(readFileSync(join(folder, 'titrate-report', 'report.html'), 'utf8')).toMatch(/<svg/);
    },
    20 * MINUTES,
  );

  it(
    'shows finished runs as reused at a second start, with the same numbers',
    async () => {
      const before = readReport();
      const said = await demo();
      expect(said).toMatch(/6 reused/);
      expect(said).toMatch(/exit 0$/);
      expect(readReport()).toEqual(before);
    },
    5 * MINUTES,
  );
});
