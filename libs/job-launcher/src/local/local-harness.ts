import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JobLauncher } from '../job-launcher.ts';
import type { LauncherHarness } from '../job-launcher.contract.ts';
import { createLocalJobLauncher, type LocalJobLauncherOptions } from './local-job-launcher.ts';

/** A harness on a directory of its own, for tests of the local adapter. */
export interface LocalHarness extends LauncherHarness {
  readonly directory: string;
  launcher(script: string, options?: Partial<LocalJobLauncherOptions>): JobLauncher;
  /** A record of a job's folder, as in `supervisor.json`. */
  record(name: string, file: string): Promise<Record<string, number>>;
}

/** Python that the tests run jobs with: any that is not older than 3.11 will do, as jobs and supervisors need the standard library only. */
export const python = process.env.TITRATE_PYTHON ?? fileURLToPath(new URL('../../../../apps/trainer/.venv/bin/python', import.meta.url));

/** Jobs run their script with two slots; `dispose` stops what is left and removes the directory. */
export function newLocalHarness(): LocalHarness {
  const directory = mkdtempSync(join(tmpdir(), 'titrate-jobs-'));
  const launcher: LocalHarness['launcher'] = (script, options = {}) =>
    createLocalJobLauncher({
      directory,
      python,
      trainerHome: directory,
      slots: 2,
      ownerPid: process.pid,
      environment: { PATH: '/usr/bin:/bin' },
      command: (jobFile) => [python, '-S', '-c', script, jobFile],
      ...options,
    });
  return {
    directory,
    launcher,
    record: async (name, file) => JSON.parse(await readFile(join(directory, name, file), 'utf8')),
    async dispose() {
      const left = launcher('');
      try {
        await Promise.all((await left.list()).map(({ name }) => left.stop(name, 'stopped')));
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}
