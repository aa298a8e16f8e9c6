import { sleep } from '@temporalio/activity';
import type { JobLauncher, JobRequest } from '@titrate/job-launcher';
import type { JobEnding } from './ending.ts';
import { openPulse, withPulse } from './heartbeats.activities.ts';
import type { Pace } from './pace.ts';
import { createStandstill, SILENCE_LIMIT_MS } from './standstill.ts';

/** What a watch of a job works with. */
export interface JobWatch {
  readonly launcher: Pick<JobLauncher, 'status' | 'stop' | 'log'>;
  readonly pace: Pace;
  readonly pollMs: number;
  /** Shows people what the job waits for, or null when it waits no more. Called when that has changed. */
  readonly tell: (reason: string | null) => Promise<void>;
  /** Whether anybody still wants what the job makes; it is stopped when not. */
  readonly isWanted: () => Promise<boolean>;
}

/** Watches a job to its end, however it ends. One that nobody wants any more, or whose log stands still, is stopped. */
export async function watchJob(job: string, { launcher, pace, pollMs, tell, isWanted }: JobWatch): Promise<JobEnding> {
  const isHung = createLogWatch(launcher, job);
  const [looks, pulse] = [pace.open(), openPulse()];
  let told: string | null | undefined;
  try {
    for (;;) {
      pulse();
      const status = await launcher.status(job);
      if (status.kind === 'ended') return status.end;
      if (status.kind === 'unknown') return status;
      const reason = status.kind === 'waiting' ? status.reason : null;
      if (reason !== told) await tell(reason);
      told = reason;
      if (looks.isDue('demand', 4) && !(await isWanted())) await withPulse(launcher.stop(job, 'stopped'));
      // A log may cost a request that returns it whole, and an hour of silence is not missed by a minute.
      else if (status.kind === 'running' && looks.isDue('log', 120) && (await isHung(status.startedAt)))
        await withPulse(launcher.stop(job, 'hung'));
      else await sleep(pollMs);
    }
  } finally {
    looks.close();
  }
}

/** Launches a job. It is tried until it works or never can; people see meanwhile what keeps it. */
export async function launchTold(
  launcher: Pick<JobLauncher, 'launch'>,
  request: JobRequest,
  tell: (reason: string) => Promise<void>,
): Promise<void> {
  try {
    await launcher.launch(request);
  } catch (error) {
    await tell(`it cannot be launched: ${(error as Error).message}`);
    throw error;
  }
}

/** Tells at each look whether a job hangs, as its log tells. */
function createLogWatch(launcher: Pick<JobLauncher, 'log'>, job: string): (startedAt: string) => Promise<boolean> {
  const standstill = createStandstill(SILENCE_LIMIT_MS);
  let offset = 0;
  return async (startedAt) => {
    try {
      offset = (await launcher.log(job, offset)).next;
    } catch {
      // A log that cannot be read tells nothing of the job: its node may not answer for a while.
      standstill.cannotTell();
      return false;
    }
    return standstill.hasStoodStill(offset, startedAt, performance.now());
  };
}
