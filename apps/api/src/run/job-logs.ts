import type { ArtifactStore } from '@titrate/artifact-store';
import { keys, readKeptLog } from '@titrate/contracts';
import type { JobLauncher, LogPiece } from '@titrate/job-launcher';

/** Where a job's log is: at the launcher while the job lives, in the store after its end is recorded, at both in between. */
export interface JobLogs {
  readonly launcher: Pick<JobLauncher, 'log'>;
  readonly artifacts: Pick<ArtifactStore, 'read'>;
}

/**
 * A piece of a job's log. Offsets are the same at both places, so whoever follows a job over its end reads on without a gap.
 *
 * @param hasEnded the end is recorded: the store is asked first, and the launcher only where it has not got the log yet.
 */
export async function readJobLog({ launcher, artifacts }: JobLogs, job: string, offset: number, hasEnded: boolean): Promise<LogPiece> {
  const kept = async (): Promise<LogPiece | null> => {
    const bytes = await artifacts.read(keys.jobLog(job));
    return bytes && readKeptLog(bytes, offset);
  };
  const first = hasEnded ? await kept() : null;
  if (first !== null) return first;
  const piece = await launcher.log(job, offset);
  // Nothing new, or the job was forgotten a moment ago: then the store has it.
  return piece.next === offset ? ((await kept()) ?? piece) : piece;
}
