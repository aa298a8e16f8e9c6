/** How many tests came out how, and what failed by name. A file that could not run counts as one failed test. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly problems: readonly string[];
}

interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; message: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** Reads what Jest writes with `--json`. */
export function readJestTally(text: string): Counts {
  const result = JSON.parse(text) as JestResult;
  const failed = result.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => test.status === 'failed').map((test) => `${file.name} › ${test.fullName}`),
  );
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + broken.length,
    skipped: result.numPendingTests + result.numTodoTests,
    problems: [...failed, ...broken.map((file) => `${file.name}: the file could not run`)],
  };
}

/** Reads the JUnit XML that pytest writes. */
export function readPytestTally(text: string): Counts {
  const suite = /<testsuite [^>]*>/.exec(text)?.[0] ?? '';
  const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  const cases = text.split('<testcase ').slice(1);
  const broken = cases.filter((piece) => /<(failure|error)[ >]/.test(piece));
  const nameOf = (piece: string) => `${/classname="([^"]*)"/.exec(piece)?.[1] ?? ''} › ${/ name="([^"]*)"/.exec(` ${piece}`)?.[1] ?? ''}`;
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped'), problems: broken.map(nameOf) };
}

/** A part that did not come to its end, or ran nothing, has failed, whatever its runner counted. */
export function judge(counts: Counts | null, exitCode: number | null): Counts {
  if (counts === null)
    return { passed: 0, failed: 1, skipped: 0, problems: [`the runner ended with ${exitCode ?? 'a signal'} and told no result`] };
  if (counts.passed + counts.failed === 0) return { ...counts, failed: 1, problems: [...counts.problems, 'no test ran'] };
  if (exitCode !== 0 && counts.failed === 0)
    return {
      ...counts,
      failed: 1,
      problems: [...counts.problems, `the runner ended with ${exitCode ?? 'a signal'} though no test failed`],
    };
  return counts;
}
