import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import { hopelessReason } from '../hopeless.ts';
import { openInbox } from '../inbox.ts';
import { MAX_JOBS } from '../job/next-job.ts';
import { doByJobs } from '../job/job-tries.ts';
import { proxyQuickActivities } from '../retries.ts';
import type { SweepInput } from './sweep.messages.ts';

const { nextSweepStep, takeUpRuns, launchAnalysis, settleAnalysis, failSweep, purgeSweep } = proxyQuickActivities();

const MAX_HISTORY_EVENTS = 4000;

/**
 * Brings a sweep from its plan to its report: makes the demanded runs exist, at most `concurrency` at a time, waits until
 * every demand is settled, and asks for the analysis. It trains nothing itself and keeps nothing: the records know.
 */
export async function sweep(input: SweepInput): Promise<void> {
  const inbox = openInbox();
  let [analyses, jobs] = [0, 0];
  for (;;) {
    if (workflowInfo().historyLength > MAX_HISTORY_EVENTS && !inbox.hasNews()) await continueAsNew<typeof sweep>(input);

    inbox.clear();
    const step = await nextSweepStep(input.sweep);
    switch (step.kind) {
      case 'take-up':
        await takeUpRuns(input.sweep, step.runs);
        break;
      case 'wait':
        // Runs wake us. The long timer is for the day when a signal is lost, with a restored database say.
        await inbox.wait('10 minutes');
        break;
      case 'analyse':
        try {
          jobs = await analyse(input.sweep, Math.max(jobs, MAX_JOBS * analyses++));
        } catch (error) {
          await failSweep(input.sweep, `The analysis could not be made: ${hopelessReason(error)}`);
        }
        break;
      case 'purge':
        await purgeSweep(input.sweep);
        if (!inbox.hasNews()) return;
        break;
      case 'end':
        if (!inbox.hasNews()) return;
    }
  }
}

/** Jobs that have ended are not started again, so an analysis that is asked for once more names its jobs anew. */
const analyse = (sweep: string, before: number): Promise<number> =>
  doByJobs(
    {
      whose: { kind: 'analysis', sweep },
      launch: (jobTry, excludedNodes) => launchAnalysis(sweep, jobTry, excludedNodes),
      settle: (job, ending, isLast) => settleAnalysis(sweep, job, ending, isLast),
    },
    before,
  );
