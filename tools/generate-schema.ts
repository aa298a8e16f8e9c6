import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import * as contracts from '@titrate/contracts';

/** The documents that cross from TypeScript to Python or to a person's editor; each becomes one JSON Schema file. */
const documents = {
  'sweep-spec': contracts.SweepSpec,
  'job-configuration': contracts.JobConfiguration,
  'corpus-recipe': contracts.CorpusRecipe,
  'base-manifest': contracts.BaseManifest,
  'corpus-manifest': contracts.CorpusManifest,
  'corpus-shard': contracts.CorpusShard,
  'corpus-file': contracts.CorpusFile,
  'corpus-progress': contracts.CorpusProgress,
  'job-document': contracts.JobDocument,
  'job-result': contracts.JobResult,
  'poison-plan': contracts.PoisonPlan,
  'trigger-count': contracts.TriggerCount,
  progress: contracts.Progress,
  'run-identity': contracts.RunIdentity,
  'run-log-entry': contracts.RunLogEntry,
  'evaluation-result': contracts.EvaluationResult,
  report: contracts.Report,
  'gate-report': contracts.GateReport,
  'analysis-settings': contracts.AnalysisSettings,
};

const directory = fileURLToPath(new URL('../libs/contracts/schema/', import.meta.url));
mkdirSync(directory, { recursive: true });
for (const [name, schema] of Object.entries(documents)) {
  // Specs, recipes and configurations are written by people, who leave defaults out; all other documents are written by programs, in full.
  const io = ['sweep-spec', 'corpus-recipe', 'job-configuration'].includes(name) ? 'input' : 'output';
  const json = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  writeFileSync(`${directory}${name}.schema.json`, `${JSON.stringify({ $id: `titrate/${name}`, title: name, ...json }, null, 2)}\n`);
}
