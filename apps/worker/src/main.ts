import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { storeQuestions } from '@titrate/artifact-store';
import { defaultFailureRules } from '@titrate/contracts';
import { JobConfigurationInvalid, profileOf } from '@titrate/planning';
import { databaseQuestions } from '@titrate/records';
import { createActivities } from '@titrate/workflows/activities';
import { taskQueue, watchTaskQueue } from '@titrate/workflows/messages';
import { ClusterRefused, EnvironmentInvalid, launcherQuestions, pickAdapters } from './adapters.ts';
import { logActivities } from './log-activities.ts';
import { createLogger, temporalLogger } from './logger.ts';
import { createWorkerMetrics } from './metrics.ts';
import { fromHere, reportProcess } from './process-report.ts';
import { reconcile } from './reconcile.ts';
import { createWaker, relayOutbox } from './relay.ts';
import { temporalQuestions } from './temporal-questions.ts';
import { temporalFrom } from './temporal.ts';

const logger = createLogger(process.env['TITRATE_LOG_LEVEL'] || 'info');
const sdkMetrics = process.env['TITRATE_TEMPORAL_METRICS_ADDRESS'];
Runtime.install({
  ...(sdkMetrics && {
    telemetryOptions: {
      metrics: { prometheus: { bindAddress: sdkMetrics, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } },
    },
  }),
  logger: temporalLogger(logger),
  shutdownSignals: [],
});

const metrics = createWorkerMetrics();
const { records, store, launcher, jobs, endLostAccess } = await told(() => pickAdapters(process.env, metrics.onStoreRequest));
const { namespace, ...temporal } = await told(() => temporalFrom(process.env));
await records.migrate();
await store.prepare();

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

const identity = `${process.pid}@${hostname()}`;
const clientConnection = await Connection.connect(temporal);
const waker = createWaker(new Client({ namespace, identity, connection: clientConnection }));
const team = process.env['TITRATE_TEAM'] || 'default';
const activities = createActivities({
  records,
  store,
  launcher,
  team,
  wakeRun: async (run) => void (await waker.run(run)),
  profileOf: (document, wanted) => profileOf(jobs, document, wanted),
  ruleOf: (failure) => jobs.failureRules[failure] ?? defaultFailureRules[failure],
  maxInterruptions: jobs.maxInterruptions,
  pollMs: jobs.pollSeconds * 1000,
});

const connection = await NativeConnection.connect(temporal);
const workflowBundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(import.meta.resolve('@titrate/workflows')) });
const interceptors = { activity: [logActivities(logger)] };
const workers = [
  await Worker.create({
    connection,
    namespace,
    identity,
    taskQueue,
    workflowBundle,
    activities,
    interceptors,
    shutdownGraceTime: '5 seconds',
  }),
  // A watch holds its slot as long as its job runs: one slot for every job that may run at a time.
  await Worker.create({
    connection,
    namespace,
    identity,
    taskQueue: watchTaskQueue,
    activities,
    interceptors,
    maxConcurrentActivityTaskExecutions: 2000,
    shutdownGraceTime: '5 seconds',
  }),
];
stopping.signal.addEventListener('abort', () => workers.forEach((worker) => worker.shutdown()));
const server = await metrics.serve(process.env['TITRATE_WORKER_METRICS_ADDRESS']);
logger.info('worker ready');
const questions = () => [
  ...fromHere(databaseQuestions(records), 'clock'),
  ...fromHere(storeQuestions(store), 'bucket'),
  ...temporalQuestions(clientConnection, namespace, identity),
  ...launcherQuestions(launcher, 'run'),
];

await Promise.all([
  ...workers.map((worker) => worker.run()),
  reportProcess({ records, instance: identity, jobs, questions }, logger, stopping.signal),
  relayOutbox(records, waker, metrics, logger, stopping.signal),
  reconcile({ records, store, launcher, waker, team, metrics, ...(endLostAccess && { endLostAccess }) }, logger, stopping.signal),
]);
await server?.close();
await records.close();
process.exit(0);

/** What an operator has to mend is told in a sentence, not in a stack trace. */
async function told<T>(pick: () => T | Promise<T>): Promise<T> {
  try {
    return await pick();
  } catch (error) {
    const kinds = [EnvironmentInvalid, JobConfigurationInvalid, ClusterRefused];
    if (!(error instanceof Error) || !kinds.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
