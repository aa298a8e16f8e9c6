import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CounterMetric, GaugeMetric, HistogramMetric, LabelValues } from '../metric.ts';

type NameOf<L extends LabelValues> = Extract<keyof L, string>;
const namesOf = <L extends LabelValues>(labels: L) => Object.keys(labels) as NameOf<L>[];

/** A counter of this process; the series that are known beforehand are there from the start. */
export function createCounter<L extends LabelValues>(registry: Registry, { name, help, labels }: CounterMetric<L>): Counter<NameOf<L>> {
  const made = new Counter({ name, help, labelNames: namesOf(labels), registers: [registry] });
  for (const known of combinationsOf(labels)) made.inc(known, 0);
  return made;
}

export function createGauge<L extends LabelValues>(registry: Registry, { name, help, labels }: GaugeMetric<L>): Gauge<NameOf<L>> {
  return new Gauge({ name, help, labelNames: namesOf(labels), registers: [registry] });
}

export function createHistogram<L extends LabelValues>(
  registry: Registry,
  { name, help, labels, buckets }: HistogramMetric<L>,
): Histogram<NameOf<L>> {
  return new Histogram({ name, help, labelNames: namesOf(labels), buckets: [...buckets], registers: [registry] });
}

/** Every combination of the values of labels; none when the values of a label come with the data. */
export function combinationsOf<L extends LabelValues>(labels: L): Record<NameOf<L>, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(labels)) all = all.flatMap((of) => (values ?? []).map((value) => ({ ...of, [name]: value })));
  return all as Record<NameOf<L>, string>[];
}
