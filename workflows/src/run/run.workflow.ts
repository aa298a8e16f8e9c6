import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { hopelessReason } from '../hopeless.ts';
import { openInbox, type Inbox } from '../inbox.ts';
import { proxyQuickActivities, watchOn } from '../retries.ts';
import { openEvaluationDesk, type EvaluationDesk } from './evaluation-desk.ts';
import type { NewsQuestion, Place, RunRest } from './next-step.ts';
import type { RunInput } from './run.messages.ts';

const { advanceRun, nextRunStep, settleAttempt } = proxyQuickActivities();
// A job has minutes to end by itself, so stopping it must not take a place from what is quick.
const { awaitNews, stopAttempt, abandonRun } = proxyActivities<Activities>(watchOn);

/** Keeps the history far below Temporal's limit, for runs with thousands of checkpoints too. */
const MAX_HISTORY_EVENTS = 4000;

/** Results come with the end of their batch. The timer is for a batch that an earlier life of this workflow started. */
const LOOK_AGAIN = '1 minute';

/**
 * Brings one run to its end: starts attempts from the newest committed checkpoint, watches their log, hands committed
 * checkpoints to evaluation while training goes on, and stops when nobody demands the run any more.
 * What must be done next stands in the records; signals only make it look.
 */
export async function run({ run: id, place: before = 'anywhere' }: RunInput): Promise<void> {
  const inbox = openInbox();
  const desk = openEvaluationDesk(id, inbox);
  for (let place: Place = before; ;) {
    inbox.clear();
    const now = await advance(id, place, inbox, desk);
    if (now === 'over' && !inbox.hasNews()) return;

    place = now === 'over' ? 'anywhere' : now;
    if (isLong() && !desk.isBusy() && !inbox.hasNews()) await continueAsNew<typeof run>({ run: id, place });
  }
}

/**
 * Does what can be done at once, then waits; tells where the trainer is by then, or that this was all for now. What can never
 * succeed fails the run rather than being tried for ever.
 */
async function advance(run: string, place: Place, inbox: Inbox, desk: EvaluationDesk): Promise<Place | 'over'> {
  try {
    const rest = await advanceRun(run, place);
    desk.offer(rest.evaluate);
    return await waitFor(rest, run, inbox, desk);
  } catch (error) {
    await abandonRun(run, hopelessReason(error));
    return 'over';
  }
}

async function waitFor(rest: RunRest, run: string, inbox: Inbox, desk: EvaluationDesk): Promise<Place | 'over'> {
  switch (rest.kind) {
    case 'watch':
      return watch(rest.question, inbox, desk);
    case 'stop':
      await stopAttempt(rest.job);
      await settleAttempt(run, rest.attempt);
      return 'anywhere';
    case 'wait':
      await inbox.wait(rest.milliseconds);
      return 'anywhere';
    case 'wait-for-results':
      await inbox.wait(desk.isBusy() ? undefined : LOOK_AGAIN);
      return 'anywhere';
    case 'pause':
      await inbox.wait();
      return 'anywhere';
    case 'over':
      return 'over';
  }
}

/**
 * Waits for a checkpoint or the end of the job. A wake signal does not end the watch: in between we look whether there
 * is something to evaluate or whether the job must stop, which the watch then sees as its end.
 */
async function watch(question: NewsQuestion, inbox: Inbox, desk: EvaluationDesk): Promise<Place> {
  const news = awaitNews(question);
  // Should a look below fail first, nobody waits for the watch any more, and its own failure is no news.
  news.catch(() => undefined);
  for (;;) {
    const what = await Promise.race([news, inbox.wait().then(() => null)]);
    if (what !== null) return what.kind === 'resumable-checkpoint' ? 'at-checkpoint' : 'anywhere';
    inbox.clear();
    const next = await nextRunStep(question.run, 'anywhere');
    desk.offer(next.evaluate);
    if (next.kind === 'stop') await stopAttempt(next.job);
    // A watch that was left is taken up again from the same place in the log.
    if (isLong()) return 'anywhere';
  }
}

const isLong = (): boolean => workflowInfo().historyLength > MAX_HISTORY_EVENTS;
