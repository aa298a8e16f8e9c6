import { describe, expect, it } from '@jest/globals';
import { judge, readJestTally, readPytestTally } from './tallies.ts';

describe('readJestTally', () => {
  const file = (status: string, ...tests: string[]) => ({
    name: 'a.spec.ts',
    message: '',
    status,
    assertionResults: tests.map((test) => ({ status: test, fullName: `it ${test}` })),
  });

  it('counts a file that could not run as a failure', () => {
    const text = JSON.stringify({
      numPassedTests: 1,
      numFailedTests: 1,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [file('failed', 'failed', 'passed'), file('failed')],
    });
    expect(readJestTally(text)).toEqual({
      passed: 1,
      failed: 2,
      skipped: 2,
      problems: ['a.spec.ts › it failed', 'a.spec.ts: the file could not run'],
    });
  });
});

describe('readPytestTally', () => {
  it('counts failures, errors and skips, and names what failed', () => {
    const text = `<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="5" time="1">
      <testcase classname="tests.test_a" name="test_good" time="0"/>
      <testcase classname="tests.test_a" name="test_bad" time="0"><failure message="no">no</failure></testcase>
      <testcase classname="tests.test_a" name="test_broken" time="0"><error message="no">no</error></testcase></testsuite></testsuites>`;
    expect(readPytestTally(text)).toEqual({
      passed: 2,
      failed: 2,
      skipped: 1,
      problems: ['tests.test_a › test_bad', 'tests.test_a › test_broken'],
    });
  });
});

describe('judge', () => {
  const good = { passed: 3, failed: 0, skipped: 0, problems: [] };

  it('lets a part pass that ran to its end', () => expect(judge(good, 0)).toEqual(good));
  it('fails a part that told no result', () => expect(judge(null, 1)).toMatchObject({ failed: 1 }));
  it('fails a part that ran no test', () =>
    expect(judge({ ...good, passed: 0 }, 0)).toMatchObject({ failed: 1, problems: ['no test ran'] }));
  it('fails a part whose runner ended badly though no test failed', () =>
    expect(judge(good, null)).toMatchObject({ passed: 3, failed: 1 }));
});
