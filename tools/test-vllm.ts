/**
 * `npm run test:vllm [-- OPTIONS]`: what the second engine of evaluations computes, held against the first one, on a processor. vLLM has an
 * environment of its own, `apps/trainer/.venv-vllm`, which set-up makes; `npm test` skips these tests by name, as it has no vLLM.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const trainer = fileURLToPath(new URL('../apps/trainer/', import.meta.url));
const { status } = spawnSync('.venv-vllm/bin/python', ['-m', 'pytest', '-v', 'tests/test_vllm_engine.py', ...process.argv.slice(2)], {
  cwd: trainer,
  env: { ...process.env, OMP_NUM_THREADS: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
