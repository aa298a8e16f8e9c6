import { counted } from '../counted.ts';
import { measured } from '../measured.ts';
import { grown, sumBy } from '../queries.ts';
import type { Recording } from './alert.ts';

const requests = `${measured.httpRequests.name}_count`;

/** Windows of the multi-window burn-rate alerts, by the Site Reliability Workbook, chapter 5. */
export const BURN_WINDOWS = ['5m', '30m', '1h', '6h'] as const;

/** Share of the API's answers that were its own fault. */
const errorRatio = (window: string): Recording => ({
  name: `titrate:http_errors:ratio_rate${window}`,
  expression: `sum(rate(${requests}{status=~"5.."}[${window}])) / sum(rate(${requests}[${window}]))`,
});

/** Share of the devices' time that trained what was kept, over attempts that ended in the window. */
const goodput = (window: string): Recording => ({
  name: `titrate:goodput:ratio_increase${window}`,
  expression: `${sumBy([], grown(counted.useful, window))} / (${sumBy([], grown(counted.allocated, window))} > 0)`,
});

export const recordings: readonly Recording[] = [...BURN_WINDOWS.map(errorRatio), goodput('6h'), goodput('1d')];
