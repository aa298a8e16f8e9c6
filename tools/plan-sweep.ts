/**
 * Prints the plan of a spec as JSON, for programs that are not written in TypeScript.
 *
 *     node tools/plan-sweep.ts SPEC.yaml MANIFEST.json
 */
import { readFileSync } from 'node:fs';
import { CorpusManifest } from '@titrate/contracts';
import { parseSweepSpec, planSweep, problemSentence, summariseCorpus, type SpecProblem } from '@titrate/planning';

const [specPath, manifestPath] = process.argv.slice(2);
if (!specPath || !manifestPath) throw new TypeError('usage: node tools/plan-sweep.ts SPEC.yaml MANIFEST.json');

const parsed = parseSweepSpec(readFileSync(specPath, 'utf8'));
if (parsed.kind === 'problems') refuse(parsed.problems);
const corpus = summariseCorpus(CorpusManifest.parse(JSON.parse(readFileSync(manifestPath, 'utf8'))));
const outcome = planSweep(parsed.spec, { team: 'default', corpus, usdPerGpuHour: null });
if (outcome.kind === 'problems') refuse(outcome.problems);
process.stdout.write(`${JSON.stringify({ spec: parsed.spec, plan: outcome.plan })}\n`);

function refuse(problems: readonly SpecProblem[]): never {
  process.stderr.write(`${problems.map(problemSentence).join('\n')}\n`);
  process.exit(1);
}
