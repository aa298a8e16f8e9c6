import { Registry, type Gauge, type Metric as PromMetric, type MetricValueWithName } from 'prom-client';
import type { Count } from '../counts-of.ts';
import type { CounterMetric, GaugeMetric, HistogramMetric, LabelsOf, Metric } from '../metric.ts';
import { combinationsOf, createCounter, createGauge } from './instruments.ts';

/**
 * What a scrape shows of numbers that are kept elsewhere. Made anew for each scrape: a series whose run has ended is simply
 * not there, and two scrapes at a time do not mix.
 */
export class Snapshot {
  readonly #registry = new Registry();
  readonly #gauges = new Map<string, Gauge>();

  /** Sets one series of a gauge; null and undefined are not shown. */
  set<M extends GaugeMetric>(metric: M, labels: LabelsOf<M>, value: number | null | undefined): void {
    const gauge = this.#gaugeOf(metric);
    if (value != null) gauge.set(labels, value);
  }

  /** Sets a series for each value that a label may have, so that one which emptied falls to 0. */
  setEach<M extends GaugeMetric>(metric: M, values: Partial<Record<string, number>>): void {
    const [label = ''] = Object.keys(metric.labels);
    for (const value of metric.labels[label] ?? []) this.#gaugeOf(metric).set({ [label]: value }, values[value] ?? 0);
  }

  /** Shows counters and histograms from their sums. Those that were never counted are there at 0 where their labels are known. */
  count(metrics: readonly (CounterMetric | HistogramMetric)[], counts: readonly Count[]): void {
    const byName = Map.groupBy(counts, ({ metric }) => metric);
    for (const metric of metrics) {
      if (metric.kind === 'counter') this.#showCounter(metric, byName.get(metric.name) ?? []);
      else this.#showHistogram(metric, byName.get(`${metric.name}_bucket`) ?? [], byName.get(`${metric.name}_sum`) ?? []);
    }
  }

  /** The exposition text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #gaugeOf(metric: GaugeMetric): Gauge {
    const gauge = this.#gauges.get(metric.name) ?? createGauge(this.#registry, metric);
    this.#gauges.set(metric.name, gauge);
    return gauge;
  }

  #showCounter(metric: CounterMetric, counts: readonly Count[]): void {
    const made = createCounter(this.#registry, metric);
    for (const { labels, by } of counts) made.inc(labelled(metric, labels), by);
  }

  /** prom-client fills its histograms by single observations only: this one is given its sums. */
  #showHistogram(metric: HistogramMetric, buckets: readonly Count[], sums: readonly Count[]): void {
    const { name, help } = metric;
    const unseen = combinationsOf(metric.labels).map((of) => ({ metric: name, labels: Object.values(of), by: 0 }));
    const isSeen = ({ labels }: Count): boolean => sums.some((sum) => sum.labels.join() === labels.join());
    const values = [...sums, ...unseen.filter((series) => !isSeen(series))].flatMap(({ labels, by }): MetricValueWithName<string>[] => {
      const of = labelled(metric, labels);
      const held = new Map(buckets.filter((bucket) => isOf(bucket, labels)).map((bucket) => [bucket.labels.at(-1), bucket.by]));
      let below = 0;
      const rows = [...metric.buckets.map(String), '+Inf'].map((le) => {
        below += held.get(le) ?? 0;
        return { metricName: `${name}_bucket`, labels: { ...of, le }, value: below };
      });
      return [...rows, { metricName: `${name}_sum`, labels: of, value: by }, { metricName: `${name}_count`, labels: of, value: below }];
    });
    const shown = { name, help, type: 'histogram', values, aggregator: 'sum' };
    // The registry asks its metrics by `get` for what they hold.
    this.#registry.registerMetric({ name, help, get: async () => shown } as unknown as PromMetric);
  }
}

const labelled = ({ labels }: Pick<Metric, 'labels'>, values: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.keys(labels).map((label, index) => [label, values[index] ?? 'unknown']));

const isOf = ({ labels }: Count, series: readonly string[]): boolean =>
  labels.length === series.length + 1 && series.every((value, index) => labels[index] === value);
