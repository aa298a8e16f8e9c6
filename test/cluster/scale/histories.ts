import { Client, Connection } from '@temporalio/client';

/** Histories of one type of workflow, in events. */
export interface Histories {
  readonly type: string;
  readonly workflows: number;
  readonly longest: number;
  readonly events: number;
}

/** The lengths of all histories that the server holds, by type of workflow. */
export async function readHistories(address: string): Promise<Histories[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const lengths = new Map<string, number[]>();
    for await (const { type, workflowId, runId, historyLength } of client.workflow.list({ pageSize: 500 })) {
      // Visibility tells the length of ended workflows only.
      const length = historyLength || (await client.workflow.getHandle(workflowId, runId).describe()).historyLength;
      lengths.set(type, [...(lengths.get(type) ?? []), length]);
    }
    return [...lengths].map(([type, list]) => ({
      type,
      workflows: list.length,
      longest: Math.max(...list),
      events: list.reduce((sum, length) => sum + length, 0),
    }));
  } finally {
    await connection.close();
  }
}
