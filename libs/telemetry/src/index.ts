export {
  counter,
  gauge,
  histogram,
  type CounterMetric,
  type GaugeMetric,
  type HistogramMetric,
  type LabelsOf,
  type LabelValues,
  type Metric,
} from './metric.ts';
export { counted } from './counted.ts';
export { countsOf, type Count, type Countable } from './counts-of.ts';
export { shown, shownOfRun } from './shown.ts';
export { measured } from './measured.ts';
