import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { askAll, JobConfiguration, type ProcessReport } from '@titrate/contracts';
import { taskQueue, watchTaskQueue } from '@titrate/workflows/messages';
import { pino } from 'pino';
import { reportProcess } from './process-report.ts';
import { temporalQuestions } from './temporal-questions.ts';

jest.setTimeout(60_000);

Runtime.install({ logger: new DefaultLogger('ERROR') });

const address = process.env['TITRATE_TEST_TEMPORAL_ADDRESS']!;

describe('what a worker asks of Temporal', () => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await Connection.connect({ address });
  });
  afterAll(() => connection.close());
  const answersOf = async (namespace: string, identity: string) =>
    (await askAll(temporalQuestions(connection, namespace, identity))).map(({ name, state, found }) => [name, state, found]);

  it('finds its namespace, and queues that this worker polls only in part', async () => {
    const native = await NativeConnection.connect({ address });
    const identity = randomUUID();
    const activities = { nothing: async () => undefined };
    const options = { connection: native, namespace: 'default', identity, activities };
    const [main, watch] = [await Worker.create({ ...options, taskQueue }), await Worker.create({ ...options, taskQueue: watchTaskQueue })];
    // A worker without workflows polls for activities alone.
    const answers = await main.runUntil(watch.runUntil(() => answersOf('default', identity)));
    await native.close();
    expect(answers).toEqual([
      ['namespace', 'ok', expect.stringMatching(/^default at Temporal \d+\.\d+\.\d+; histories are kept for \d+ h$/)],
      [`queue ${taskQueue}, workflows`, 'failed', expect.stringMatching(/^this worker does not poll it; \d+ others do$/)],
      [`queue ${taskQueue}, activities`, 'ok', expect.stringMatching(/^polled by this worker/)],
      [`queue ${watchTaskQueue}, activities`, 'ok', expect.stringMatching(/^polled by this worker/)],
    ]);
  });

  it('finds a namespace that is not there', async () => {
    const [namespace] = await answersOf(`none-${randomUUID()}`, 'nobody');
    expect(namespace).toEqual(['namespace', 'failed', expect.stringMatching(/not found/i)]);
  });
});

describe('what a worker tells of itself', () => {
  it('is told at once, though what it asks fails, and taken back at its end', async () => {
    const told: (ProcessReport | string)[] = [];
    const stopping = new AbortController();
    const records = {
      reportProcess: async (report: ProcessReport) => {
        told.push(report);
        stopping.abort();
      },
      processEnded: async (instance: string) => void told.push(instance),
    };
    const jobs = JobConfiguration.parse({ version: 1, launcher: { kind: 'local' } });
    const questions = () => [{ part: 'store', name: 'bucket', mend: 'mend', ask: () => Promise.reject(new Error('away')) }];
    await reportProcess({ records, instance: '1@here', jobs, questions }, pino({ level: 'silent' }), stopping.signal);
    expect(told).toEqual([
      expect.objectContaining({
        instance: '1@here',
        kind: 'worker',
        checks: [{ part: 'store', name: 'bucket', state: 'failed', found: 'away', mend: 'mend' }],
      }),
      '1@here',
    ]);
  });
});
