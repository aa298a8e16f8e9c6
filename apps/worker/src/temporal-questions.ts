import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import type { Finding, Question } from '@titrate/contracts';
import { taskQueue, watchTaskQueue } from '@titrate/workflows/messages';

/** Values of `temporal.api.enums.v1`: the client package exports its types only. */
const REGISTERED = 1;
const [WORKFLOWS, ACTIVITIES] = [1, 2] as const;

/** A worker that has just started polls within a moment. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 250;

/** What a worker asks of Temporal. No search attribute of our own is used, so none is asked for. @param identity of this worker */
export function temporalQuestions(connection: Connection, namespace: string, identity: string): Question[] {
  const part = 'temporal';
  const queues = [
    [taskQueue, WORKFLOWS, 'workflows'],
    [taskQueue, ACTIVITIES, 'activities'],
    [watchTaskQueue, ACTIVITIES, 'activities'],
  ] as const;
  return [
    {
      ...{ part, name: 'namespace' },
      mend: `Look at TITRATE_TEMPORAL_*; make the namespace with \`temporal operator namespace create --namespace ${namespace}\`.`,
      ask: () => namespaceOf(connection, namespace),
    },
    ...queues.map(([name, type, kind]): Question => ({
      ...{ part, name: `queue ${name}, ${kind}`, after: 'namespace' },
      mend: 'Look at the log of the worker, and restart it: what waits in a queue that nobody polls stands still.',
      ask: async () => pollersOf(() => identitiesAt(connection, namespace, name, type), identity),
    })),
  ];
}

async function namespaceOf({ workflowService }: Connection, namespace: string): Promise<string | Finding> {
  const { serverVersion } = await workflowService.getSystemInfo({});
  const { namespaceInfo, config } = await workflowService.describeNamespace({ namespace });
  const hours = Math.round(Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 3600);
  const found = `${namespace} at Temporal ${serverVersion}; histories are kept for ${hours} h`;
  return namespaceInfo?.state === REGISTERED ? found : { state: 'failed', found: `${found}; it is not open` };
}

async function identitiesAt({ workflowService }: Connection, namespace: string, name: string, type: 1 | 2): Promise<string[]> {
  const { pollers } = await workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: type });
  return (pollers ?? []).map((poller) => poller.identity ?? '');
}

async function pollersOf(ask: () => Promise<string[]>, identity: string): Promise<string | Finding> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(LOOK_MS)) {
    const identities = await ask();
    const workers = new Set(identities).size;
    if (identities.includes(identity)) return workers === 1 ? 'polled by this worker' : `polled by this worker and ${workers - 1} more`;
    if (Date.now() > deadline) return { state: 'failed', found: `this worker does not poll it; ${workers} others do` };
  }
}
