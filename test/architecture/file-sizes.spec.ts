import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_LINES = 400;

/** Written by generators, not by people. */
const generated = /(^|\/)(generated\.(ts|py)|generated-.*\.ts)$/;

/** Committed and new source files of people. */
function sourceFiles(): string[] {
  const command = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '*.ts', '*.tsx', '*.mjs', '*.py'];
  const files = execFileSync('git', command, { cwd: root, encoding: 'utf8' }).split('\n');
  return files.filter((file) => file !== '' && !generated.test(file));
}

/** Lines of a file; null when it is deleted but not yet committed. */
function linesOf(file: string): number | null {
  try {
    return readFileSync(root + file, 'utf8').split('\n').length - 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

describe('source files', () => {
  it(`are pages of at most ${LIMIT_LINES} lines`, () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(100);
    const long = files.map((file) => ({ file, lines: linesOf(file) ?? 0 })).filter(({ lines }) => lines > LIMIT_LINES);
    expect(long).toEqual([]);
  });
});
