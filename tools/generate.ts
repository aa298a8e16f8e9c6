/** Writes every file that is made from another one: `npm run generate`. They are committed, and `npm run verify` makes them anew. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Each generator with what it writes, in an order in which later ones may read what earlier ones wrote. */
const generators: { what: string; command: string[] }[] = [
  { what: 'JSON Schemas (libs/contracts/schema)', command: ['tools/generate-schema.ts'] },
  { what: "the chart's schema and table of values (charts/titrate)", command: ['tools/chart/generate.ts'] },
  { what: 'the spec reference (docs/spec-reference.md)', command: ['tools/generate-spec-reference.ts'] },
  { what: 'the reference of metrics (docs/metrics.md)', command: ['tools/generate-metrics-reference.ts'] },
  { what: 'dashboards and rules (charts/titrate)', command: ['tools/generate-monitoring.ts'] },
  {
    what: 'OpenAPI and the client types (apps/api/openapi.json, libs/api-client)',
    command: ['--import', '@swc-node/register/esm-register', 'apps/api/src/openapi.main.ts'],
  },
  { what: 'the Python client (libs/python-client/titrate_client/generated.py)', command: ['tools/generate-python-client.ts'] },
];

const root = fileURLToPath(new URL('..', import.meta.url));
for (const { what, command } of generators) {
  process.stdout.write(`generating ${what}\n`);
  execFileSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
}
