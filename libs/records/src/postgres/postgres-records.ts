import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Records } from '../records.ts';
import { recordPlaced } from './attempt-time.ts';
import * as baselines from './baselines.ts';
import { baseRegistry, corpusRegistry, submitBase, submitCorpus } from './registries.ts';
import type { Database } from './database.ts';
import { listEvaluations } from './evaluation-lists.ts';
import * as evaluations from './evaluations.ts';
import * as gates from './gates.ts';
import { listEvents, listLedger, newestEvent } from './events.ts';
import { jobsAtWork } from './jobs-at-work.ts';
import { readMetrics } from './metrics.ts';
import { migrate } from './migrate.ts';
import { acknowledge, takeOutbox } from './outbox.ts';
import { identify, listProcesses, processEnded, reportProcess } from './processes.ts';
import * as retention from './retention.ts';
import * as runChanges from './run-changes.ts';
import { attemptLaunched, recordLog } from './run-log.ts';
import * as runs from './runs.ts';
import * as schema from './schema.ts';
import * as sweepChanges from './sweep-changes.ts';
import { getSweep, listCells, listSweeps } from './sweep-lists.ts';
import * as sweeps from './sweeps.ts';
import * as views from './views.ts';
import { recordJobWaiting } from './waiting-jobs.ts';

export interface PostgresRecordsOptions {
  /** Connections that are kept open at most. */
  readonly connections?: number;
  /** How long a relay has its rows of the outbox before they are given to another. */
  readonly outboxLeaseSeconds?: number;
  /** Told of every statement, for tests that count them. */
  readonly onStatement?: (text: string) => void;
}

/**
 * The records in PostgreSQL.
 *
 * @param url as in `postgres://user:password@host:port/database`; the database must exist, its schema is made by `migrate`.
 */
export function createPostgresRecords(
  url: string,
  { connections = 10, outboxLeaseSeconds = 10, onStatement }: PostgresRecordsOptions = {},
): Records {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  // A connection that breaks fails the question on it, and the pool opens another for the next. Its own error event says the
  // same once more; without a listener it would end the process, on idle connections (first line) and on busy ones (second).
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  const logger = onStatement && { logQuery: onStatement };
  const db: Database = drizzle(pool, { schema, ...(logger && { logger }) });
  return {
    ...bindAll(db),
    takeOutbox: (limit) => takeOutbox(db, limit, outboxLeaseSeconds),
    ping: async () => void (await db.execute(sql`select 1`)),
    close: () => pool.end(),
  };
}

/** Every other method of the port is a function of the database, in the file of its noun. */
function bindAll(db: Database): Omit<Records, 'takeOutbox' | 'ping' | 'close'> {
  const on =
    <A extends unknown[], R>(method: (db: Database, ...rest: A) => R) =>
    (...rest: A): R =>
      method(db, ...rest);
  return {
    migrate: on(migrate),
    readMetrics: on(readMetrics),
    identify: on(identify),
    reportProcess: on(reportProcess),
    processEnded: on(processEnded),
    listProcesses: on(listProcesses),
    submitSweep: on(sweeps.submitSweep),
    amendSweep: on(sweeps.amendSweep),
    changeSweep: on(sweepChanges.changeSweep),
    deleteSweep: on(sweeps.deleteSweep),
    getSweep: on(getSweep),
    listSweeps: on(listSweeps),
    listCells: on(listCells),
    listRuns: on(runs.listRuns),
    getRun: on(runs.getRun),
    listAttempts: on(runs.listAttempts),
    listCheckpoints: on(runs.listCheckpoints),
    listEvaluations: on(listEvaluations),
    pinCheckpoint: on(runs.pinCheckpoint),
    demandEvaluation: on(evaluations.demandEvaluation),
    submitCorpus: on(submitCorpus),
    getCorpus: on(corpusRegistry.get.bind(corpusRegistry)),
    listCorpora: on(corpusRegistry.list.bind(corpusRegistry)),
    corpusWork: on(corpusRegistry.work.bind(corpusRegistry)),
    corpusReady: on(corpusRegistry.ready.bind(corpusRegistry)),
    corpusFailed: on(corpusRegistry.failed.bind(corpusRegistry)),
    submitBase: on(submitBase),
    getBase: on(baseRegistry.get.bind(baseRegistry)),
    listBases: on(baseRegistry.list.bind(baseRegistry)),
    baseWork: on(baseRegistry.work.bind(baseRegistry)),
    baseReady: on(baseRegistry.ready.bind(baseRegistry)),
    baseFailed: on(baseRegistry.failed.bind(baseRegistry)),
    promoteBaseline: on(baselines.promoteBaseline),
    retireBaseline: on(baselines.retireBaseline),
    getBaseline: on(baselines.getBaseline),
    listBaselines: on(baselines.listBaselines),
    requestGate: on(gates.requestGate),
    getGate: on(gates.getGate),
    listGates: on(gates.listGates),
    gateWork: on(gates.gateWork),
    gateStarted: on(gates.gateStarted),
    gateDecided: on(gates.gateDecided),
    gateFailed: on(gates.gateFailed),
    listUsage: on(gates.listUsage),
    listEvents: on(listEvents),
    listLedger: on(listLedger),
    newestEvent: on(newestEvent),
    acknowledge: on(acknowledge),
    sweepView: on(views.sweepView),
    sweepStarted: on(sweepChanges.sweepStarted),
    runsTakenUp: on(runChanges.runsTakenUp),
    sweepAnalysing: on(sweepChanges.sweepAnalysing),
    sweepFinished: on(sweepChanges.sweepFinished),
    sweepFailed: on(sweepChanges.sweepFailed),
    jobsAtWork: on(jobsAtWork),
    runView: on(views.runView),
    isOwed: on(views.isOwed),
    attemptLaunched: on(attemptLaunched),
    recordLog: on(recordLog),
    recordProgress: on(runChanges.recordProgress),
    recordWaiting: on(runChanges.recordWaiting),
    recordPlaced: on(recordPlaced),
    recordJobWaiting: on(recordJobWaiting),
    attemptEnded: on(runChanges.attemptEnded),
    evaluationsStarted: on(evaluations.evaluationsStarted),
    evaluationSucceeded: on(evaluations.evaluationSucceeded),
    evaluationFailed: on(evaluations.evaluationFailed),
    settleMissing: on(evaluations.settleMissing),
    runFinished: on(runChanges.runFinished),
    markDeletable: on(retention.markDeletable),
    checkpointDeleted: on(retention.checkpointDeleted),
    runFailed: on(runChanges.runFailed),
    runPaused: on(runChanges.runPaused),
    runReleased: on(runChanges.runReleased),
  };
}
