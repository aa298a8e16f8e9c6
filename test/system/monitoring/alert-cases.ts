/** Series as promtool reads them: `VALUE+STEPxTIMES`, one value a minute. */
export interface Case {
  readonly series: Readonly<Record<string, string>>;
  /** Minutes after the start. */
  readonly at: number;
}

/** For each alert what makes it fire, and what is nearly that and does not. */
export interface AlertCases {
  readonly fires: Case & { readonly labels: Readonly<Record<string, string>> };
  readonly silent: readonly Case[];
}

const run = 'run="a",size="1b",dose="250",sweep="sw-a"';
const runLabels = { run: 'a', size: '1b', dose: '250', sweep: 'sw-a' };
const http = (status: string) => `titrate_http_request_duration_seconds_count{method="GET",route="/v1/sweeps",status="${status}"}`;
const store = (outcome: string) => `titrate_store_request_duration_seconds_count{operation="PutObject",outcome="${outcome}"}`;
const outcome = (of: string) => `titrate_attempts_ended_total{outcome="${of}"}`;

export const alertCases: Readonly<Record<string, AlertCases>> = {
  TitrateRunStuck: {
    fires: {
      series: { [`titrate_run_progress_timestamp_seconds{${run}}`]: '60x60', [`titrate_run_waiting{${run}}`]: '0x60' },
      ...{ at: 40, labels: runLabels },
    },
    silent: [
      { series: { [`titrate_run_progress_timestamp_seconds{${run}}`]: '0+60x60', [`titrate_run_waiting{${run}}`]: '0x60' }, at: 60 },
      // It waits for the cluster: nobody expects progress.
      { series: { [`titrate_run_progress_timestamp_seconds{${run}}`]: '60x60', [`titrate_run_waiting{${run}}`]: '1x60' }, at: 60 },
    ],
  },
  TitrateCheckpointLate: {
    fires: {
      series: {
        [`titrate_run_checkpoint_timestamp_seconds{${run}}`]: '60x60',
        [`titrate_run_checkpoint_interval_seconds{${run}}`]: '600x60',
        [`titrate_run_launch_timestamp_seconds{${run}}`]: '0x60',
        [`titrate_run_waiting{${run}}`]: '0x60',
      },
      ...{ at: 45, labels: runLabels },
    },
    silent: [
      {
        series: {
          [`titrate_run_checkpoint_timestamp_seconds{${run}}`]: '60x60',
          [`titrate_run_checkpoint_interval_seconds{${run}}`]: '3600x60',
          [`titrate_run_launch_timestamp_seconds{${run}}`]: '0x60',
        },
        at: 45,
      },
      // Behind its last checkpoint no other is expected.
      { series: { [`titrate_run_checkpoint_timestamp_seconds{${run}}`]: '60x60' }, at: 60 },
    ],
  },
  TitrateAttemptsExhausted: {
    fires: { series: { 'titrate_runs_ended_total{state="failed"}': '0x10 1x20' }, at: 15, labels: { state: 'failed' } },
    silent: [
      { series: { 'titrate_runs_ended_total{state="failed"}': '1x60', 'titrate_runs_ended_total{state="finished"}': '0+1x60' }, at: 60 },
    ],
  },
  TitrateLossNotFinite: {
    fires: { series: { [outcome('loss-not-finite')]: '0x10 1x20' }, at: 15, labels: { outcome: 'loss-not-finite' } },
    silent: [{ series: { [outcome('loss-not-finite')]: '1x60', [outcome('killed')]: '0+1x60' }, at: 60 }],
  },
  TitrateGoodputLow: {
    fires: {
      series: {
        'titrate_training_allocated_device_seconds_total{team="red",size="1b"}': '0+60x180',
        'titrate_training_useful_device_seconds_total{team="red",size="1b"}': '0+30x180',
      },
      ...{ at: 120, labels: {} },
    },
    silent: [
      {
        series: {
          'titrate_training_allocated_device_seconds_total{team="red",size="1b"}': '0+60x180',
          'titrate_training_useful_device_seconds_total{team="red",size="1b"}': '0+55x180',
        },
        at: 120,
      },
      // Nothing was allocated: nothing was wasted.
      {
        series: {
          'titrate_training_allocated_device_seconds_total{team="red",size="1b"}': '60x180',
          'titrate_training_useful_device_seconds_total{team="red",size="1b"}': '30x180',
        },
        at: 120,
      },
    ],
  },
  TitrateEvaluationBacklog: {
    fires: { series: { titrate_evaluation_backlog_age_seconds: '3600+60x60' }, at: 20, labels: {} },
    silent: [{ series: { titrate_evaluation_backlog_age_seconds: '3000x60' }, at: 60 }],
  },
  TitrateOutboxStuck: {
    fires: { series: { titrate_outbox_rows: '3x30' }, at: 15, labels: {} },
    silent: [{ series: { titrate_outbox_rows: '3x5 0x30' }, at: 15 }],
  },
  TitrateLedgerBehind: {
    fires: {
      series: { titrate_ledger_newest_timestamp_seconds: '0x200', 'titrate_runs{state="running"}': '2x200' },
      ...{ at: 150, labels: {} },
    },
    silent: [
      { series: { titrate_ledger_newest_timestamp_seconds: '0x200', 'titrate_runs{state="running"}': '0x200' }, at: 150 },
      { series: { titrate_ledger_newest_timestamp_seconds: '0+60x200', 'titrate_runs{state="running"}': '2x200' }, at: 150 },
    ],
  },
  TitrateApiErrorsFast: {
    fires: { series: { [http('200')]: '0+90x90', [http('500')]: '0+10x90' }, at: 70, labels: {} },
    // Refusals are not the API's own fault, and a short burst ends before it pages.
    silent: [
      { series: { [http('200')]: '0+90x90', [http('404')]: '0+90x90', [http('500')]: '0x90' }, at: 70 },
      { series: { [http('200')]: '0+100x90', [http('500')]: '0x10 0+100x2 200x78' }, at: 70 },
    ],
  },
  TitrateApiErrorsSlow: {
    fires: { series: { [http('200')]: '0+95x400', [http('500')]: '0+5x400' }, at: 390, labels: {} },
    silent: [{ series: { [http('200')]: '0+99x400', [http('500')]: '0+1x400' }, at: 390 }],
  },
  TitrateStoreErrors: {
    fires: { series: { [store('ok')]: '0+9x60', [store('503')]: '0+1x60' }, at: 30, labels: {} },
    // Nothing there, and there already, are answers.
    silent: [{ series: { [store('ok')]: '0+9x60', [store('404')]: '0+9x60', [store('412')]: '0+9x60' }, at: 30 }],
  },
  TitrateNoWorker: {
    fires: { series: { 'temporal_num_pollers{poller_type="workflow_task"}': '0x30' }, at: 10, labels: {} },
    silent: [{ series: { 'temporal_num_pollers{poller_type="workflow_task"}': '2x30' }, at: 10 }],
  },
  TitrateNoApi: {
    fires: { series: { 'up{job="titrate-api"}': '0x30' }, at: 10, labels: {} },
    silent: [{ series: { titrate_ledger_entries: '7x30' }, at: 10 }],
  },
};
