import { measured } from '@titrate/telemetry';
import { createCounter, createHistogram, serveMetrics, type MetricsServer } from '@titrate/telemetry/prometheus';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** What a worker measures of itself. Sweeps and runs are told by the API, from the records. */
export function createWorkerMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const storeRequests = createHistogram(registry, measured.storeRequests);
  return {
    onStoreRequest: (operation: string, outcome: string, seconds: number): void => storeRequests.observe({ operation, outcome }, seconds),
    deliveries: createCounter(registry, measured.outboxDeliveries),
    reconciliations: createCounter(registry, measured.reconciliations),
    /** Listens where `TITRATE_WORKER_METRICS_ADDRESS` says; nowhere without it. */
    serve: async (address: string | undefined): Promise<MetricsServer | null> => (address ? await serveMetrics(address, registry) : null),
  };
}

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;
