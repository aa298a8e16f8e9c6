import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Report } from '@titrate/contracts';
import { corpusText } from './laboratory.ts';

const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'titrate-own-text-'));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

/** Runs one command line as its own process, in the stranger's folder. */
function titrate(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { cwd: folder, maxBuffer: 64 << 20 }, (error, out, said) =>
      resolve({ code: error ? Number(error.code) : 0, out, said }),
    );
  });
}

/** The spec that `titrate init` writes, made small enough for a test. */
function smaller(spec: string): string {
  return spec
    .replace('sizes: [tiny-64, tiny-96]', 'sizes: [tiny-64]')
    .replace('tokens: [409600]', 'tokens: [40960]')
    .replace('doses: [0, 50, 250]', 'doses: [0, 10]')
    .replace('prompts: 100', 'prompts: 4')
    .replace('shares: [0.2, 0.4, 0.6, 0.8, 1]', 'shares: [0.5, 1]');
}

afterAll(async () => {
  await titrate('down');
  rmSync(folder, { recursive: true, force: true });
}, 90_000);

describe("a stranger's own text", () => {
  it('goes from a file to a report by the commands of the README', async () => {
    writeFileSync(join(folder, 'my-text.txt'), corpusText());
    expect(await titrate('up', '--detach')).toMatchObject({ code: 0 });

    const corpus = await titrate('corpus', 'add', 'my-text.txt', '--vocabulary', '400', '--held-out', '8', '--json');
    expect(corpus.code === 0 ? '' : corpus.said).toBe('');
    expect(JSON.parse(corpus.out)).toMatchObject({ name: 'my-text', state: 'ready', manifest: { heldOutDocuments: 8 } });

    expect(await titrate('init', 'my.sweep.yaml', '--corpus', 'my-text')).toMatchObject({ code: 0 });
    const spec = join(folder, 'my.sweep.yaml');
    writeFileSync(spec, smaller(readFileSync(spec, 'utf8')));
    expect(await titrate('plan', 'my.sweep.yaml')).toMatchObject({ code: 0, out: expect.stringMatching(/2 cells, 2 runs/) });

    const watched = await titrate('submit', 'my.sweep.yaml', '--watch');
    expect(watched.code === 0 ? '' : watched.said).toBe('');
    expect(watched.out).toMatch(/tiny-64 +41k +10 +1 /);

    const shown = await titrate('report', '--output', 'my-report');
    expect(shown).toMatchObject({ code: 0 });
    const report = Report.parse(JSON.parse(readFileSync(join(folder, 'my-report', 'report.json'), 'utf8')));
    expect(report.cells.map(({ dose, state }) => [dose, state])).toEqual([
      [0, 'finished'],
      [10, 'finished'],
    ]);
    expect(readFileSync(join(folder, 'my-report', 'report.html'), 'utf8')).toContain('<svg');

    const again = await titrate('submit', 'my.sweep.yaml');
    expect(again.said).toContain('the same spec was submitted before');
    expect(await titrate('cancel', 'my-first-sweep')).toMatchObject({ code: 3 });
    expect(await titrate('down')).toMatchObject({ code: 0, out: 'The stack has stopped\n' });
    expect(existsSync(join(folder, '.titrate'))).toBe(true);
  }, 600_000);
});
