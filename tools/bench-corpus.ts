/** `npm run bench:corpus`: measures registration and reading of corpora with the trainer's own Python, and ends as that ends. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const trainerHome = fileURLToPath(new URL('../apps/trainer', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'titrate-bench-corpus-'));
try {
  const { status } = spawnSync(
    `${trainerHome}/.venv/bin/python`,
    ['-m', 'benchmarks.corpora', join(folder, 'run'), ...process.argv.slice(2)],
    {
      cwd: trainerHome,
      env: { ...process.env, OMP_NUM_THREADS: '1' },
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
