/** Names of labels, each with the values that it can have, or null where they come with the data. */
export type LabelValues = Readonly<Record<string, readonly string[] | null>>;

interface Named<L extends LabelValues> {
  /** By the conventions of Prometheus: base unit last, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly labels: L;
}

/** Only grows. A series whose labels are known beforehand is there from the start, at 0. */
export interface CounterMetric<L extends LabelValues = LabelValues> extends Named<L> {
  readonly kind: 'counter';
}

/** What is so now. */
export interface GaugeMetric<L extends LabelValues = LabelValues> extends Named<L> {
  readonly kind: 'gauge';
}

/** How often a value fell below each bound. */
export interface HistogramMetric<L extends LabelValues = LabelValues> extends Named<L> {
  readonly kind: 'histogram';
  /** Upper bounds, growing; the last bucket, without a bound, is not among them. */
  readonly buckets: readonly number[];
}

export type Metric = CounterMetric | GaugeMetric | HistogramMetric;

/** A value for each label of a metric. */
export type LabelsOf<M extends Metric> = { readonly [K in keyof M['labels']]: string };

export const counter = <const L extends LabelValues>(name: string, help: string, labels: L): CounterMetric<L> => ({
  kind: 'counter',
  ...{ name, help, labels },
});

export const gauge = <const L extends LabelValues>(name: string, help: string, labels: L): GaugeMetric<L> => ({
  kind: 'gauge',
  ...{ name, help, labels },
});

export const histogram = <const L extends LabelValues>(
  name: string,
  help: string,
  labels: L,
  buckets: readonly number[],
): HistogramMetric<L> => ({ kind: 'histogram', ...{ name, help, labels, buckets } });
