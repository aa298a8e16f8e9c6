import { writeFileSync } from 'node:fs';
import { counted, measured, shown, shownOfRun, type Metric } from '@titrate/telemetry';
import { format } from 'prettier';

const target = new URL('../docs/metrics.md', import.meta.url);

const labelsOf = ({ labels }: Metric): string =>
  Object.entries(labels)
    .map(([name, values]) => (values === null || values.length > 8 ? `\`${name}\`` : `\`${name}\` (${values.join(', ')})`))
    .join(', ');

const tableOf = (metrics: Readonly<Record<string, Metric>>): string =>
  ['| metric | kind | labels | what |', '| --- | --- | --- | --- |']
    .concat(Object.values(metrics).map((metric) => `| \`${metric.name}\` | ${metric.kind} | ${labelsOf(metric)} | ${metric.help} |`))
    .join('\n');

const text = `# Metrics

Generated from \`libs/telemetry/src\` by \`tools/generate-metrics-reference.ts\`; edit nothing here.

| where | what | who may ask |
| --- | --- | --- |
| \`/metrics\` of the API | all of the tables below but the last | whoever has the token, as \`Authorization: Bearer TOKEN\` |
| \`TITRATE_API_METRICS_ADDRESS\` (HOST:PORT) | the same, on a listener of its own | everybody who reaches it: for a network that only Prometheus can reach |
| \`TITRATE_WORKER_METRICS_ADDRESS\` | what a worker measures of itself | everybody who reaches it |
| \`TITRATE_TEMPORAL_METRICS_ADDRESS\` | the worker's Temporal SDK, \`temporal_*\` by [its own names](https://docs.temporal.io/references/sdk-metrics) | everybody who reaches it |

The embedded stack sets the worker's two; \`.titrate/stack.json\` tells their ports.

## Counted with the ledger

Kept in the database, added to in the transaction of what is counted, so that they are exact: no process that dies forgets or doubles anything, a restart sets nothing back, and every API
shows the same. They are a sum over the ledger (decision 0020). With several APIs take \`max by\` the labels, not the sum. Device-seconds are seconds times ranks.

${tableOf(counted)}

## What is so now

Read from the database at the time of the scrape.

${tableOf(shown)}

## Of each run at work

Only while a run has an attempt at work: as many series as work at a time, however many runs there ever were.
They come of \`progress.json\`, which the trainer writes to the store every two seconds and the worker's watch reads: no pod is scraped, and none needs an open port.

${tableOf(shownOfRun)}

## What a process measures of itself

Sum over instances. API and worker also tell the usual \`process_*\` and \`nodejs_*\`.

${tableOf(measured)}
`;
writeFileSync(target, await format(text, { parser: 'markdown', printWidth: 140 }));
