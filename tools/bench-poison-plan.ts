/** `npm run bench:poison-plan`: runs the benchmark of poison plans with the trainer's own Python, and ends as it ends. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const trainerHome = fileURLToPath(new URL('../apps/trainer', import.meta.url));
const { status } = spawnSync(`${trainerHome}/.venv/bin/python`, ['-m', 'benchmarks.poison_plan', ...process.argv.slice(2)], {
  cwd: trainerHome,
  env: { ...process.env, OMP_NUM_THREADS: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
