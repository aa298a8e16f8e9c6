import { counter, gauge, histogram } from './metric.ts';

/** What a process measures of itself; the sum over processes is the whole. */
export const measured = {
  httpRequests: histogram(
    'titrate_http_request_duration_seconds',
    'Seconds until a request was answered, by route template',
    { method: null, route: null, status: null },
    [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
  ),
  eventStreams: gauge('titrate_event_streams', 'Open event streams', {}),
  storeRequests: histogram(
    'titrate_store_request_duration_seconds',
    'Seconds of a request to the object store with its retries; outcome is ok, or why there was no answer: the status, or the name of the error',
    { operation: null, outcome: null },
    [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
  ),
  outboxDeliveries: counter('titrate_outbox_deliveries_total', 'Starts and signals given to Temporal, by outcome', {
    outcome: ['delivered', 'failed'],
  }),
  reconciliations: counter('titrate_reconciliations_total', 'Passes that clear up jobs which nothing owns, by outcome', {
    outcome: ['done', 'failed'],
  }),
} as const;
