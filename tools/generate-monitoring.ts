import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dashboards } from '@titrate/telemetry/dashboards';
import { ruleGroups } from '@titrate/telemetry/alerts';
import { stringify } from 'yaml';

const chart = new URL('../charts/titrate/', import.meta.url);
const HEAD = '# Generated from libs/telemetry/src/alerts by tools/generate-monitoring.ts; edit nothing here.\n';

mkdirSync(new URL('rules/', chart), { recursive: true });
writeFileSync(new URL('rules/titrate.yaml', chart), HEAD + stringify(ruleGroups(), { lineWidth: 0 }));

const folder = new URL('dashboards/', chart);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(new URL(name, folder));
for (const dashboard of dashboards()) {
  writeFileSync(new URL(`${dashboard.uid}.json`, folder), `${JSON.stringify(dashboard, null, 2)}\n`);
}
