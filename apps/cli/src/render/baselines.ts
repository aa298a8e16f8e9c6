import type { Baseline } from '@titrate/contracts';
import { table } from './table.ts';

/** Versions of baselines, the newest first. */
export function baselineList(baselines: readonly Baseline[]): string {
  const columns = [
    { title: 'BASELINE' },
    { title: 'VERSION', align: 'right' as const },
    { title: 'SWEEP' },
    { title: 'BY' },
    { title: 'SINCE' },
    { title: 'WHY' },
  ];
  const rows = baselines.map(({ name, version, sweepName, sweep, promotedBy, createdAt, why, retired }) => [
    name,
    String(version),
    `${sweepName} (${sweep})`,
    promotedBy,
    createdAt.slice(0, 10),
    retired === null ? why : `${why} – retired ${retired.at.slice(0, 10)} by ${retired.by}: ${retired.why}`,
  ]);
  return table(columns, rows);
}
