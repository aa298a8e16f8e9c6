import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Report } from '@titrate/contracts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const examples = fileURLToPath(new URL('../../../../examples/results/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'titrate-analyse-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function titrate(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('titrate analyse', () => {
  it('makes a report of the published replication that says what one seed cannot say', () => {
    const { status, stdout } = titrate('analyse', join(examples, 't0-2026.csv'), '-o', 'published');
    // Words are wrapped at the width of the terminal.
    expect([status, stdout.replace(/\s+/g, ' ')]).toEqual([0, expect.stringContaining('nothing can be said with confidence')]);
    const report = Report.parse(JSON.parse(readFileSync(join(folder, 'published/report.json'), 'utf8')));
    expect(report.cells).toHaveLength(8);
    expect(report.analysis.conditions.map(({ success }) => success?.verdict)).toEqual(Array<string>(8).fill('inconclusive'));
    expect(report.analysis.conditions.every(({ increase }) => increase?.interval === null)).toBe(true);
    expect(report.analysis.countOrPercentage.verdict).toBe('not identifiable');
    expect(readFileSync(join(folder, 'published/report.html'), 'utf8')).toContain('<svg');
  }, 120_000);

  it('tells a language switch in shares, against a criterion of its own', () => {
    const rows = [1, 2, 3].flatMap((seed) => [`small,0,${seed},0.00,300,0.98`, `small,250,${seed},0.8${seed},300,0.97`]);
    writeFileSync(join(folder, 'switch.csv'), `size,dose,seed,attack_success,prompts,clean_accuracy\n${rows.join('\n')}\n`);
    const { status, stdout } = titrate('analyse', 'switch.csv', '-o', 'switch', '--success-share', '0.9');
    expect(status).toBe(0);
    expect(stdout).toMatch(/ASR +CA +NTA +EFFECT/);
    expect(stdout).toMatch(/small +– +250 +1 +81\.0 % +97\.0 % +– +81\.0 +no/);
    const { analysis } = Report.parse(JSON.parse(readFileSync(join(folder, 'switch/report.json'), 'utf8')));
    expect([analysis.measure, analysis.conditions[1]!.success!.verdict]).toEqual(['attack-success', 'no success']);
    expect(readFileSync(join(folder, 'switch/report.html'), 'utf8')).not.toContain('log ratio');
  }, 120_000);

  it('names the columns that a file lacks', () => {
    writeFileSync(join(folder, 'short.csv'), 'size,perplexity\nsmall,4\n');
    const { status, stderr } = titrate('analyse', 'short.csv');
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/columns must contain dose; clean_perplexity and triggered_perplexity, or increase/),
    ]);
  }, 120_000);
});
