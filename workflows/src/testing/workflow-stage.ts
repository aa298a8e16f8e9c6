import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../activities.ts';
import { taskQueue, watchTaskQueue } from '../task-queues.ts';

/** Temporal's time-skipping server and a worker with the real workflows over activities that a test scripts. */
export interface WorkflowStage {
  readonly env: TestWorkflowEnvironment;
  /** Runs workers on both task queues while the body runs. */
  play<T>(activities: Partial<Activities>, body: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Fails as an activity does that can never succeed. */
export async function never(message: string): Promise<never> {
  throw ApplicationFailure.nonRetryable(message);
}

/** Where the wheel puts the server; `npm test` installs it. */
const testServer = fileURLToPath(new URL('../../../apps/trainer/.venv/bin/temporal-test-server', import.meta.url));

/** Tests speak when they fail; the worker's life is not news. */
const quiet = new DefaultLogger('ERROR');
Runtime.install({ logger: quiet, telemetryOptions: { logging: { filter: 'ERROR' } } });

let bundle: Promise<WorkflowBundle> | undefined;

/** The bundle of all workflows, made once per process. */
export function workflowBundle(): Promise<WorkflowBundle> {
  bundle ??= bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('../index.ts', import.meta.url)), logger: quiet });
  return bundle;
}

export async function openWorkflowStage(): Promise<WorkflowStage> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path: testServer } } });
  return {
    env,
    async play(activities, body) {
      const connection = env.nativeConnection;
      const main = await Worker.create({ connection, taskQueue, activities, workflowBundle: await workflowBundle() });
      const watch = await Worker.create({ connection, taskQueue: watchTaskQueue, activities });
      return main.runUntil(watch.runUntil(body()));
    },
    close: () => env.teardown(),
  };
}
