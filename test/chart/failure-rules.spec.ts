import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { defaultFailureRules } from '@titrate/contracts';

const page = readFileSync(fileURLToPath(new URL('../../docs/kubernetes.md', import.meta.url)), 'utf8');

it('docs/kubernetes.md tells the default rule of every class of failure', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| [^|]+ \| `(again|elsewhere|never)` +\| (yes|no) +\| (\d+) s +\|$/gm)];
  const told = rows.map(([, failure, retry, counts, seconds]) => [
    failure,
    { retry, counts: counts === 'yes', backOffSeconds: Number(seconds) },
  ]);
  const rules = Object.entries(defaultFailureRules).map(([failure, { retry, counts, backOffSeconds }]) => [
    failure,
    { retry, counts, backOffSeconds },
  ]);
  expect(told).toEqual(rules);
  expect(new Set(Object.values(defaultFailureRules).map(({ backOffLimitSeconds }) => backOffLimitSeconds))).toEqual(new Set([300]));
});
