/**
 * Runs the tests of both languages: `npm test`, or `npm test -- unit|integration|e2e|python|cluster|system [PATTERN ...]`. Those of
 * a cluster and of the system run only when they are asked for: they build Kubernetes, or fetch Prometheus, first.
 *
 * The last line is always `N passed, N failed` (and `, N skipped`), over all tests of all parts. The exit code is 0 only
 * when no test failed, every part that was asked for ran to its end, and each ran at least one test.
 */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parts, repositoryRoot, resultsDirectory, type PartName } from './test-parts/parts.ts';
import { runPart, type Tally } from './test-parts/run-part.ts';

const usual: PartName[] = ['unit', 'integration', 'python', 'e2e'];
const names: PartName[] = [...usual, 'cluster', 'system'];
const isPart = (word: string): word is PartName => (names as string[]).includes(word);

const words = process.argv.slice(2);
const asked = words.filter(isPart);
const patterns = words.filter((word) => !isPart(word));
const chosen = asked.length === 0 ? usual : names.filter((name) => asked.includes(name));
if (patterns.length > 0 && asked.length !== 1) {
  process.stderr.write(`Cannot choose tests as a pattern must follow one of ${names.join(', ')}: current value is ${patterns.join(' ')}\n`);
  process.exit(2);
}

mkdirSync(resultsDirectory, { recursive: true });
const from = Date.now();

/** Runs parts one after another. */
async function inTurn(list: PartName[]): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const name of list) tallies.push(await runPart(parts[name], patterns, repositoryRoot));
  return tallies;
}

// Python has a lane of its own where there are cores for two; unit and integration tests share the other one. Whole stacks
// and clusters come last and alone: they train, and their tests wait for trainings.
const isAlone = (name: PartName): boolean => name === 'e2e' || name === 'cluster' || name === 'system';
const early = chosen.filter((name) => !isAlone(name));
const lanes = availableParallelism() > 1 ? [early.filter((name) => name !== 'python'), early.filter((name) => name === 'python')] : [early];
const tallies = [...(await Promise.all(lanes.map(inTurn))).flat(), ...(await inTurn(chosen.filter(isAlone)))];

const sum = (field: 'passed' | 'failed' | 'skipped') => tallies.reduce((total, tally) => total + tally[field], 0);
for (const tally of tallies) {
  for (const problem of tally.problems) process.stdout.write(`FAILED ${tally.name}: ${problem}\n`);
}
process.stdout.write(
  `${Math.round((Date.now() - from) / 1000)} s: ${tallies.map(({ name, passed, failed, seconds }) => `${name} ${passed}/${passed + failed} in ${seconds} s`).join(', ')}\n`,
);
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}\n`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
