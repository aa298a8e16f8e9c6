import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** Version of the recordings; raised when a change of a workflow needs new ones beside the old. */
const VERSION = 'v2';

const [address, workflowId, scenario] = process.argv.slice(2);
if (!address || !workflowId || !scenario) {
  console.error('usage: node tools/record-history.ts TEMPORAL_ADDRESS WORKFLOW_ID SCENARIO');
  process.exit(2);
}
const file = fileURLToPath(new URL(`../workflows/src/replay/histories/${VERSION}-${scenario}.json`, import.meta.url));
if (existsSync(file)) {
  console.error(`Cannot record ${scenario} as ${file} must not exist: a recording is never overwritten`);
  process.exit(1);
}
const connection = await Connection.connect({ address });
const history = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
// Who took part, as pid and host, matters to no replay.
writeFileSync(file, `${historyToJSON(history).replaceAll(/"identity": "[^"]*"/g, '"identity": "recorded"')}\n`);
console.log(`${history.events?.length ?? 0} events of ${workflowId} -> ${file}`);
await connection.close();
