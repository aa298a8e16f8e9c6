/**
 * `npm run bench:trainer`: our trainer beside plain OLMo-core, on the same model, machine and tokens, in turns.
 *
 *     npm run bench:trainer -- [--size tiny-64] [--rows N] [--steps 120] [--rounds 3] [--checkpoint-every 40] [--vocabulary N]
 *         [--microbatch-tokens 16384] [--activation-checkpointing none|full] [--compile]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Execution } from '@titrate/contracts';
import { findSize, namedSizes } from '@titrate/planning';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'tiny-64' },
    rows: { type: 'string' },
    steps: { type: 'string', default: '120' },
    rounds: { type: 'string', default: '3' },
    'checkpoint-every': { type: 'string', default: '40' },
    vocabulary: { type: 'string' },
    'microbatch-tokens': { type: 'string', default: '16384' },
    'activation-checkpointing': { type: 'string', default: 'none' },
    compile: { type: 'boolean', default: false },
  },
});
const size = findSize(values.size);
if (size === null) throw new TypeError(`Cannot measure as --size must be one of ${namedSizes.map(({ name }) => name).join(', ')}`);
const { documentMask: _, sequenceLength, batchInstances, precision, ...optimizer } = size.training;
const benchmark = {
  size: size.name,
  shape: size.shape,
  // The miniatures read the corpus's own ids; the others have as many as OLMo's tokenizer.
  vocabularySize: Number(values.vocabulary ?? (size.nominalParameters === null ? 1032 : 100_352)),
  stage: { batchInstances: Number(values.rows ?? batchInstances), sequenceLength, precision, optimizer },
  steps: Number(values.steps),
  rounds: Number(values.rounds),
  checkpointEvery: Number(values['checkpoint-every']),
  execution: Execution.parse({
    microbatchTokens: Number(values['microbatch-tokens']),
    activationCheckpointing: values['activation-checkpointing'],
    compile: values.compile,
  }),
};
const trainerHome = fileURLToPath(new URL('../apps/trainer', import.meta.url));
const { status } = spawnSync(`${trainerHome}/.venv/bin/python`, ['-m', 'benchmarks.throughput', JSON.stringify(benchmark)], {
  cwd: trainerHome,
  env: { ...process.env, OMP_NUM_THREADS: process.env['OMP_NUM_THREADS'] ?? '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
