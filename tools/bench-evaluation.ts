/**
 * `npm run bench:evaluation [-- OPTIONS]`: generated tokens a second of the evaluation's engines beside a plain loop, one after
 * another. vLLM has an environment of its own, `apps/trainer/.venv-vllm`: where that is, it is measured in it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const trainer = fileURLToPath(new URL('../apps/trainer/', import.meta.url));
const environments = [
  { python: '.venv/bin/python', engines: ['plain', 'transformers'] },
  { python: '.venv-vllm/bin/python', engines: ['vllm'] },
];
for (const { python, engines } of environments) {
  if (!existsSync(`${trainer}${python}`)) {
    process.stdout.write(`${JSON.stringify({ engine: engines[0], notRun: `there is no apps/trainer/${python}` })}\n`);
    continue;
  }
  const command = ['-m', 'benchmarks.evaluation', '--engines', ...engines, ...process.argv.slice(2)];
  execFileSync(`${trainer}${python}`, command, { cwd: trainer, stdio: ['ignore', 'inherit', 'inherit'] });
}
