import type { CounterMetric, GaugeMetric, HistogramMetric, Metric } from './metric.ts';

// PromQL over the metrics, so that dashboards and alerts name them by their definitions.

/**
 * One series for each combination of labels, whoever told it: every API shows the same numbers of the records, so the largest
 * is the newest.
 */
const once = ({ labels }: Metric, expression: string): string => {
  const names = Object.keys(labels);
  return names.length === 0 ? `max(${expression})` : `max by (${names.join(', ')}) (${expression})`;
};

/** Matchers of labels as PromQL has them, as in `size=~"$size"`. */
type Matchers = string;
const selected = (name: string, matchers: Matchers | undefined): string => (matchers === undefined ? name : `${name}{${matchers}}`);

/** What a gauge of the records shows now. */
export const now = (metric: GaugeMetric, matchers?: Matchers): string => once(metric, selected(metric.name, matchers));

/** How much a counter of the records grew in a window. */
export const grown = (metric: CounterMetric, window: string, matchers?: Matchers): string =>
  once(metric, `increase(${selected(metric.name, matchers)}[${window}])`);

/** A quantile over a window of a histogram of the records, by some of its labels. */
export function quantile(metric: HistogramMetric, share: number, window: string, by: readonly string[] = []): string {
  const labels = ['le', ...Object.keys(metric.labels)].join(', ');
  const kept = ['le', ...by].join(', ');
  return `histogram_quantile(${share}, sum by (${kept}) (max by (${labels}) (rate(${metric.name}_bucket[${window}]))))`;
}

/** The sum by some labels. */
export const sumBy = (by: readonly string[], expression: string): string =>
  by.length === 0 ? `sum(${expression})` : `sum by (${by.join(', ')}) (${expression})`;
