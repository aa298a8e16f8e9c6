export { createCounter, createGauge, createHistogram } from './instruments.ts';
export { Snapshot } from './snapshot.ts';
export { serveMetrics, type MetricsServer } from './server.ts';
