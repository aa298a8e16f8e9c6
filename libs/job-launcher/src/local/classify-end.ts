import { exitCodes, type FailureClass } from '@titrate/contracts';
import { classifyExitCode } from '../exit-code.ts';
import type { JobEnd } from '../job-launcher.ts';
import { withLastLines } from '../log-text.ts';
import type { ExitRecord } from './job-folder.ts';

/**
 * What a record of an end means. Our own ending comes first, that of a stack that stops among them: no fault of the job, then the kernel's out-of-memory killer, then the codes that the trainer
 * gives a meaning; a job that was killed without evidence of either is `killed`.
 */
export function classifyEnd(record: ExitRecord, lastLines: string): JobEnd {
  if (record.stopped === null && !record.lost && record.exitCode === exitCodes.succeeded)
    return { kind: 'succeeded', endedAt: record.endedAt };
  const [failure, words] = classify(record);
  const message = withLastLines(`The job ${words}`, lastLines);
  return { kind: 'failed', failure, exitCode: record.exitCode, message, node: null, endedAt: record.endedAt };
}

function classify({ exitCode, signal, oomKilled, stopped, lost }: ExitRecord): [FailureClass, string] {
  if (stopped === 'stopped') return ['stopped', 'was stopped'];
  if (stopped === 'hung') return ['hung', 'was ended as it showed no sign of progress'];
  if (stopped === 'owner-gone') return ['stopped', 'was ended as the stack that it belonged to was gone'];
  if (stopped === 'terminated') return ['stopped', 'was ended as its supervisor was asked to end'];
  if (lost) return ['lost', 'vanished: its supervisor was gone and had recorded no end'];
  if (oomKilled) return ['out-of-memory', 'was killed as memory ran out'];
  if (signal !== null) return ['killed', `was killed by ${signal}`];
  return exitCode === null ? ['lost', 'ended without a code'] : classifyExitCode(exitCode);
}
