import { describe, expect, it } from '@jest/globals';
import type { Check } from '@titrate/contracts';
import { checkList } from './checks.ts';

const checks: Check[] = [
  { part: 'database', name: 'version', state: 'ok', found: 'PostgreSQL 18.1', mend: null },
  {
    ...{ part: 'jobs', name: 'running them', state: 'failed' },
    found: 'Cannot run jobs in namespace runs as the API server must allow all that they take: it refuses create jobs',
    mend: 'Give the service account the verbs that are named.',
  },
  { part: 'worker', name: '12@a-host-with-quite-a-long-name.example', state: 'warning', found: 'old', mend: 'Bring both to one version.' },
];

describe('the list of checks', () => {
  it('has room for its words in narrow terminals, and tells below what is not well how to mend it', () => {
    const lines = checkList(checks, { columns: 80, hasColour: false }).split('\n');
    expect(lines.filter((line) => line.length > 79)).toEqual([]);
    expect(lines[0]).toMatch(/^ok {7}database: version +PostgreSQL 18\.1$/);
    expect(lines[1]).toMatch(/^failed {3}jobs: running them +Cannot run jobs in namespace runs/);
    expect(lines.join('\n')).toMatch(/\n {9}> Give the service account the verbs that are named\.\n/);
    expect(lines.at(-1)).toBe('1 ok, 1 warning, 1 failed');
  });

  it('needs one line for each where there is room, and paints the state alone', () => {
    expect(checkList(checks, { columns: 200, hasColour: false }).split('\n')).toHaveLength(7);
    expect(checkList(checks, { columns: 200, hasColour: true })).toContain('\u001b[31mfailed \u001b[0m  jobs');
  });
});
