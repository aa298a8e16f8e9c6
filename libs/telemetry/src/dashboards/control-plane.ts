import { measured } from '../measured.ts';
import { now } from '../queries.ts';
import { shown } from '../shown.ts';
import { dashboardOf } from './dashboard.ts';
import { lines, stacked, stat } from './panels.ts';

const W = '$__rate_interval';
const http = measured.httpRequests.name;
const store = measured.storeRequests.name;
const p99 = (name: string, by: string): string => `histogram_quantile(0.99, sum by (le, ${by}) (rate(${name}_bucket[${W}])))`;

/** API, worker, and what they stand on. */
export const controlPlane = () =>
  dashboardOf('control-plane', 'Titrate: control plane', 'API, worker, database, object store and Temporal, as the processes see them.', [
    {
      title: 'Health',
      panels: [
        stat(
          { title: 'Not yet delivered', about: 'Starts and signals in the outbox' },
          { expression: now(shown.outboxRows), legend: 'rows' },
        ),
        stat({ title: 'Ledger', about: 'Entries' }, { expression: now(shown.ledgerEntries), legend: 'entries' }),
        stat(
          { title: 'Newest entry', about: 'How long ago', unit: 's' },
          { expression: `time() - ${now(shown.ledgerTime)}`, legend: 'ago' },
        ),
        stat(
          { title: 'Event streams', about: 'Pages and programs that follow' },
          { expression: `sum(${measured.eventStreams.name})`, legend: 'open' },
        ),
        stat(
          { title: 'Pollers', about: 'Workers that ask Temporal for work, by kind of task' },
          { expression: 'sum by (poller_type) (temporal_num_pollers)', legend: '{{poller_type}}' },
        ),
        stat(
          {
            title: 'API errors, an hour',
            about: "Share of answers that were the API's own fault; the objective is 0.5 %",
            unit: 'percentunit',
          },
          { expression: 'titrate:http_errors:ratio_rate1h or vector(0)', legend: 'errors' },
        ),
      ],
    },
    {
      title: 'API',
      panels: [
        stacked(
          { title: 'Requests a second', about: 'By status', unit: 'reqps' },
          { expression: `sum by (status) (rate(${http}_count[${W}]))`, legend: '{{status}}' },
        ),
        lines({ title: 'Time to answer, 99 %', about: 'By route', unit: 's' }, { expression: p99(http, 'route'), legend: '{{route}}' }),
      ],
    },
    {
      title: 'Object store',
      panels: [
        stacked(
          { title: 'Requests a second', about: 'By operation', unit: 'reqps' },
          { expression: `sum by (operation) (rate(${store}_count[${W}]))`, legend: '{{operation}}' },
        ),
        lines(
          { title: 'Time of a request, 99 %', about: 'With its retries', unit: 's' },
          { expression: p99(store, 'operation'), legend: '{{operation}}' },
        ),
        stacked(
          { title: 'Answers that are not ok', about: '404 and 412 are answers of use: nothing there, and there already', unit: 'reqps' },
          { expression: `sum by (operation, outcome) (rate(${store}_count{outcome!="ok"}[${W}]))`, legend: '{{operation}} {{outcome}}' },
        ),
        stacked(
          { title: 'Deliveries to Temporal', about: 'Of the outbox, by outcome' },
          { expression: `sum by (outcome) (increase(${measured.outboxDeliveries.name}[${W}]))`, legend: '{{outcome}}' },
        ),
      ],
    },
    {
      title: 'Temporal',
      panels: [
        stacked(
          { title: 'Requests a second', about: 'Of the worker to Temporal', unit: 'reqps' },
          { expression: `sum by (operation) (rate(temporal_request_total[${W}]))`, legend: '{{operation}}' },
        ),
        lines(
          { title: 'Free slots', about: 'A worker without one takes no more tasks of that kind' },
          {
            expression: 'sum by (worker_type, task_queue) (temporal_worker_task_slots_available)',
            legend: '{{task_queue}} {{worker_type}}',
          },
        ),
      ],
    },
    {
      title: 'Processes',
      panels: [
        lines(
          { title: 'Memory', about: 'Resident', unit: 'bytes' },
          { expression: 'process_resident_memory_bytes{job=~".*titrate.*"}', legend: '{{job}} {{instance}}' },
        ),
        lines(
          { title: 'Event loop lag, 99 %', about: 'A process that is late answers nobody', unit: 's' },
          { expression: 'nodejs_eventloop_lag_p99_seconds{job=~".*titrate.*"}', legend: '{{job}} {{instance}}' },
        ),
      ],
    },
  ]);
