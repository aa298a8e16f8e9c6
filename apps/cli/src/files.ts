import { readFileSync, statSync } from 'node:fs';
import { parseSweepSpec, problemSentence, type SpecProblem } from '@titrate/planning';
import type { SweepSpec } from '@titrate/contracts';
import { BadUsage } from './exit-codes.ts';

const LARGEST = 64 * 1024 * 1024;

/** The text of a file, or of the standard input for `-`. @throws BadUsage where it cannot be read */
export function readText(path: string): string {
  try {
    if (path !== '-' && statSync(path).size > LARGEST) throw new Error('it is larger than 64 MB');
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new BadUsage(`Cannot read ${path === '-' ? 'the standard input' : path}: ${(error as Error).message}`);
  }
}

/** A spec from a file, checked before anything is sent. @throws BadUsage with every fault */
export function readSpec(path: string): { text: string; spec: SweepSpec } {
  const text = readText(path);
  const parsed = parseSweepSpec(text);
  if (parsed.kind === 'spec') return { text, spec: parsed.spec };
  throw badSpec(path, parsed.problems);
}

/** A spec that cannot be right, with every fault on a line. */
export function badSpec(path: string, problems: readonly SpecProblem[]): BadUsage {
  return new BadUsage(
    `Cannot use ${path} as a sweep spec:`,
    problems.map((one) => problemSentence(one).replace('Cannot accept the spec as ', '')),
  );
}
