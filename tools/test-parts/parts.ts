import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readJestTally, readPytestTally, type Counts } from './tallies.ts';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const resultsDirectory = `${repositoryRoot}/test-results`;
const python = process.env['TITRATE_PYTHON'] ?? `${repositoryRoot}/apps/trainer/.venv/bin/python`;

export type PartName = 'unit' | 'integration' | 'e2e' | 'python' | 'cluster' | 'system';

/** One runner's share of the tests. */
export interface Part {
  readonly name: PartName;
  readonly command: (patterns: readonly string[]) => [string, ...string[]];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where the runner writes what came of it; removed before it starts. */
  readonly resultFile: string;
  readonly read: (text: string) => Counts;
}

// Half of the cores for each lane of tools/test.ts, at least one.
const workers = Math.max(1, Math.floor(availableParallelism() / 2));

/** Time limits of a single test; whole stacks that train are given minutes by the tests themselves. */
const timeoutsMs = { unit: 15_000, integration: 60_000, e2e: 300_000, cluster: 120_000, system: 120_000 };
type JestPart = keyof typeof timeoutsMs;

// A stack with trainings fills the machine by itself, and tests of one cluster take its API server away from each other.
const isAlone = (name: JestPart): boolean => name === 'e2e' || name === 'cluster' || name === 'system';

function jestPart(name: JestPart): Part {
  const resultFile = `${resultsDirectory}/${name}.json`;
  const options = [
    `--selectProjects=${name}`,
    `--maxWorkers=${isAlone(name) ? 1 : workers}`,
    `--testTimeout=${timeoutsMs[name]}`,
    '--json',
    `--outputFile=${resultFile}`,
  ];
  return {
    name,
    // Patterns stand first: an option of several values would swallow them.
    command: (patterns) => [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...patterns,
      ...options,
    ],
    workingDirectory: repositoryRoot,
    environment: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
    resultFile,
    read: readJestTally,
  };
}

export const parts: Record<PartName, Part> = {
  unit: jestPart('unit'),
  integration: jestPart('integration'),
  e2e: jestPart('e2e'),
  cluster: jestPart('cluster'),
  system: jestPart('system'),
  python: {
    name: 'python',
    command: (patterns) => [
      python,
      '-m',
      'pytest',
      '-v',
      '--tb=short',
      '-p',
      'no:cacheprovider',
      `--junitxml=${resultsDirectory}/python.xml`,
      ...(patterns.length > 0 ? patterns : ['tests', '../../libs/python-client/tests']),
    ],
    workingDirectory: `${repositoryRoot}/apps/trainer`,
    // One thread each: two OpenMP threads on contended cores crawl.
    environment: { OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1', TITRATE_PYTHON: python },
    resultFile: `${resultsDirectory}/python.xml`,
    read: readPytestTally,
  },
};
