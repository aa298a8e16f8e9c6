import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BaseJob, CorpusJob, GateJob } from '@titrate/contracts';

const trainerHome = fileURLToPath(new URL('../../../../apps/trainer', import.meta.url));

/** Runs the real trainer for a registration or a gate, as a process of this machine: runs need a corpus that is one, and a gate is all arithmetic. */
export async function makeCorpus(
  job: CorpusJob | BaseJob | GateJob,
  python: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-corpus-'));
  try {
    writeFileSync(join(folder, 'job.json'), JSON.stringify(job));
    const trainer = spawn(python, ['-m', 'trainer', join(folder, 'job.json')], {
      cwd: folder,
      env: { ...process.env, ...environment, PYTHONPATH: trainerHome, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const code = await new Promise((resolve, reject) => trainer.once('error', reject).once('exit', resolve));
    if (code !== 0) throw new Error(`Cannot make the corpus as the trainer must end with 0: it ended with ${String(code)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
