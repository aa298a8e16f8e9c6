import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { hopelessReason } from '../hopeless.ts';
import { openInbox, type Inbox } from '../inbox.ts';
import { askAgain, watchOn } from '../retries.ts';
import { openEvaluationDesk, type EvaluationDesk } from './evaluation-desk.ts';
import type { RunStep } from './next-step.ts';
import type { RunInput } from './run.messages.ts';

const {
  nextRunStep,
  launchAttempt,
  stopAttempt,
  settleAttempt,
  finishRun,
  applyRetention,
  failRun,
  abandonRun,
  pauseRun,
  releaseRun,
  purgeRun,
} = proxyActivities<Activities>(askAgain);
const { awaitNews } = proxyActivities<Activities>(watchOn);

/** Keeps the history far below Temporal's limit, for runs with thousands of checkpoints too. */
const MAX_HISTORY_EVENTS = 4000;

/**
 * Brings one run to its end: starts attempts from the newest committed checkpoint, watches their log, hands committed
 * checkpoints to evaluation while training goes on, and stops when nobody demands the run any more.
 * What must be done next stands in the records; signals only make it look.
 */
export async function run(input: RunInput): Promise<void> {
  const inbox = openInbox();
  const desk = openEvaluationDesk(input.run, inbox);
  for (;;) {
    if (isLong() && !desk.isBusy() && !inbox.hasNews()) await continueAsNew<typeof run>(input);

    inbox.clear();
    const isOver = await advance(input.run, inbox, desk);
    if (isOver && !inbox.hasNews()) return;
  }
}

/** Takes one step; true when it was the last for now. What can never succeed fails the run rather than being tried for ever. */
async function advance(run: string, inbox: Inbox, desk: EvaluationDesk): Promise<boolean> {
  try {
    const step = await nextRunStep(run, 'anywhere');
    desk.offer(step.evaluate);
    await take(step, run, inbox, desk);
    return isEnd(step);
  } catch (error) {
    await abandonRun(run, hopelessReason(error));
    return true;
  }
}

async function take(step: RunStep, run: string, inbox: Inbox, desk: EvaluationDesk): Promise<void> {
  switch (step.kind) {
    case 'launch':
      return launchAttempt(run);
    case 'watch':
      return watch(step, run, inbox, desk);
    case 'stop':
      await stopAttempt(step.job);
      return settleAttempt(run, step.attempt);
    case 'settle':
      return settleAttempt(run, step.attempt);
    case 'wait':
      return void (await inbox.wait(step.milliseconds));
    case 'pause':
      await pauseRun(run);
      return void (await inbox.wait());
    case 'finish':
      await finishRun(run);
      return applyRetention(run);
    case 'fail':
      return failRun(run, step.reason);
    case 'release':
      return releaseRun(run);
    case 'purge':
      return purgeRun(run);
  }
}

/**
 * Waits for a checkpoint or the end of the job. A wake signal does not end the watch: in between we look whether there
 * is something to evaluate or whether the job must stop, which the watch then sees as its end.
 */
async function watch(
  { job, attempt, sinceSeq, hangSeconds }: Extract<RunStep, { kind: 'watch' }>,
  run: string,
  inbox: Inbox,
  desk: EvaluationDesk,
): Promise<void> {
  const news = awaitNews({ run, attempt, job, hangSeconds, sinceSeq });
  // Should a look below fail first, nobody waits for the watch any more, and its own failure is no news.
  news.catch(() => undefined);
  for (;;) {
    const what = await Promise.race([news, inbox.wait().then(() => null)]);
    if (what?.kind === 'ended') return;
    inbox.clear();
    const next = await nextRunStep(run, what?.kind === 'resumable-checkpoint' ? 'at-checkpoint' : 'anywhere');
    desk.offer(next.evaluate);
    if (next.kind === 'stop') await stopAttempt(next.job);
    // A watch that was left is taken up again from the same place in the log.
    if (what || isLong()) return;
  }
}

const isLong = (): boolean => workflowInfo().historyLength > MAX_HISTORY_EVENTS;

const isEnd = ({ kind }: RunStep): boolean => kind === 'finish' || kind === 'fail' || kind === 'release' || kind === 'purge';
