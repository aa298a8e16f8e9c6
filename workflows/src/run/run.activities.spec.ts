import { describe, expect, it } from '@jest/globals';
import { defaultFailureRules, JobProfile, keys, type Attempt, type FailureClass, type TrainJob } from '@titrate/contracts';
import { JobNotLaunched, JobRefused, type JobRequest, type JobStatus } from '@titrate/job-launcher';
import type { AttemptEnd, RunView } from '@titrate/records';
import type { Dependencies } from '../dependencies.ts';
import { trainJobName } from '../job/job-names.ts';
import { createAttemptSteps } from './attempt-steps.activities.ts';
import { createRunActivities } from './run.activities.ts';

const RUN = 'a'.repeat(64);

describe('nextRunStep', () => {
  it('launches an attempt that its announcer left in the log alone, under the name that its number and token give', async () => {
    const attempt = { run: RUN, number: 1, token: '0123456789abcdef', job: '', state: 'launched' };
    const view = { wanted: 'run', trained: false, failures: 0, attempt, attemptSteps: null, waitingEvaluations: [] };
    const asked: string[] = [];
    const dependencies = {
      records: { runView: async () => view },
      launcher: {
        status: async (name: string) => {
          if (name === '') throw new JobRefused('no name');
          asked.push(name);
          return { kind: 'unknown' };
        },
      },
    } as unknown as Dependencies;
    expect(await createRunActivities(dependencies).nextRunStep(RUN, 'anywhere')).toEqual({ kind: 'launch', evaluate: [] });
    expect(asked).toEqual([trainJobName(RUN, attempt)]);
  });
});

/** A run with one attempt, records that note what they are told, and a launcher that knows the attempt's job or not. */
function worldOf(
  state: Attempt['state'],
  job: JobStatus,
  changes: { steps?: object | null; launch?: () => Promise<void>; attempt?: object; view?: object } = {},
) {
  const told: string[] = [];
  const attempt = { run: RUN, number: 1, token: '0123456789abcdef', job: '', state, ...changes.attempt };
  const nodeFailures = [
    { failure: 'hung', node: 'n2' },
    { failure: 'killed', node: 'n1' },
  ];
  const view = {
    ...{ identity: {}, trained: false, recordedSeq: 0, resumeSteps: [], evaluateSteps: [], profile: 'big', notFinite: [] },
    attempt,
    nodeFailures,
    ...changes.view,
  };
  const say =
    (what: string) =>
    async (...words: unknown[]) =>
      void told.push([what, ...words.filter((word) => typeof word !== 'object' && word !== RUN)].join(' '));
  const profiles: (string | null)[] = [];
  const excluded: unknown[] = [];
  const executions: string[] = [];
  const announced: object[] = [];
  const dependencies = {
    records: {
      runView: async () => view,
      attemptLaunched: async () => (changes.steps === undefined ? { resumeSteps: [], evaluateSteps: [] } : changes.steps),
      recordLog: async () => undefined,
      attemptEnded: async (...[, , end]: [string, number, AttemptEnd]) => void told.push(`ended ${end.failure} ${end.cost} ${end.node}`),
      recordWaiting: say('waits'),
      recordPlaced: async () => undefined,
    },
    store: {
      ...{ bucket: 'b', readLog: async () => [], create: say('keep') },
      appendLog: async (draft: object) => {
        announced.push(draft);
        return { kind: 'appended', entry: { token: 'f'.repeat(16) } };
      },
    },
    launcher: {
      status: async () => job,
      log: async (_name: string, offset: number) => ({ text: offset === 0 ? 'words' : '', next: 5 }),
      forget: say('forget'),
      launch: async ({ document, excludedNodes }: JobRequest) => {
        excluded.push(excludedNodes);
        executions.push((document as TrainJob).execution.activationCheckpointing);
        await (changes.launch ?? say('launch'))();
      },
    },
    profileOf: (_document: unknown, wanted: string | null) => {
      profiles.push(wanted);
      return JobProfile.parse({ execution: { activationCheckpointing: 'full' } });
    },
    ruleOf: (failure: FailureClass) => defaultFailureRules[failure],
  } as unknown as Dependencies;
  const steps = createAttemptSteps(dependencies);
  const launch = () => steps.launch(RUN, { ...view, attempt: { ...attempt, job: trainJobName(RUN, attempt) } } as unknown as RunView);
  return { told, profiles, excluded, executions, announced, launch, activities: createRunActivities(dependencies) };
}

const evicted: JobStatus = {
  kind: 'ended',
  end: { kind: 'failed', failure: 'evicted', exitCode: null, message: 'taken', node: 'n3', endedAt: '2026-01-01T00:00:00Z' },
};

describe('launching an attempt', () => {
  it('asks for the wanted profile, away from nodes whose failures ask for it', async () => {
    const { told, profiles, excluded, launch } = worldOf('launched', { kind: 'unknown' });
    await launch();
    expect([told, new Set(profiles), excluded]).toEqual([['launch'], new Set(['big']), [['n2']]]);
  });

  it('tells the trainer how the profile wants its ranks to share the work', async () => {
    const { executions, launch } = worldOf('launched', { kind: 'unknown' });
    await launch();
    expect(executions).toEqual(['full']);
  });

  it('takes any node after an attempt that was ended before it started: there may be no other', async () => {
    const { excluded, launch } = worldOf('failed', { kind: 'unknown' }, { attempt: { failure: 'stopped', startedAt: null } });
    await launch();
    const begun = worldOf('failed', { kind: 'unknown' }, { attempt: { failure: 'stopped', startedAt: '2026-01-01T00:00:00Z' } });
    await begun.launch();
    expect([excluded, begun.excluded]).toEqual([[[]], [['n2']]]);
  });

  it('launches nothing for an attempt that has ended meanwhile', async () => {
    const { told, launch } = worldOf('launched', { kind: 'unknown' }, { steps: null });
    await launch();
    expect(told).toEqual([]);
  });

  it('announces in the log that the attempt goes back behind the newest checkpoint, after a loss that was not finite', async () => {
    const { announced, launch } = worldOf(
      'failed',
      { kind: 'unknown' },
      { view: { notFinite: [{ attempt: 1, step: 63 }], earlierResumePoint: 40 } },
    );
    await launch();
    const usual = worldOf('failed', { kind: 'unknown' });
    await usual.launch();
    expect([announced, usual.announced]).toMatchObject([[{ attempt: 2, rewindTo: 40 }], [{ attempt: 2 }]]);
    expect(usual.announced[0]).not.toHaveProperty('rewindTo');
  });

  it('shows people what it waits for when the job cannot be made now', async () => {
    const refusing = () => Promise.reject(new JobNotLaunched('the disk is full'));
    const { told, launch } = worldOf('launched', { kind: 'unknown' }, { launch: refusing });
    await expect(launch()).rejects.toThrow('the disk is full');
    expect(told).toEqual(['waits 1 the disk is full']);
  });
});

describe('settleAttempt', () => {
  it('records the end by the rule of its class, keeps the log, and lets the launcher forget the job, in this order', async () => {
    const { told, activities } = worldOf('running', evicted);
    await activities.settleAttempt(RUN, 1);
    const job = trainJobName(RUN, { number: 1, token: '0123456789abcdef' });
    expect(told).toEqual(['ended evicted interruption n3', `keep jobs/${job}/log.txt`, `forget ${job}`]);
  });

  it('goes on where it was broken off after the end was recorded, and does nothing when all is done', async () => {
    const broken = worldOf('failed', evicted);
    await broken.activities.settleAttempt(RUN, 1);
    expect(broken.told.map((words) => words.split(' ')[0])).toEqual(['keep', 'forget']);
    const done = worldOf('failed', { kind: 'unknown' });
    await done.activities.settleAttempt(RUN, 1);
    expect(done.told).toEqual([]);
  });
});

describe('trainJobName', () => {
  it('differs for attempts of one number, as a run that was deleted and demanded again counts from 1', () => {
    const nameOf = (token: string) => trainJobName(RUN, { number: 1, token: token.repeat(16) });
    expect([nameOf('0') === nameOf('0'), nameOf('0') === nameOf('1')]).toEqual([true, false]);
  });
});

describe('advanceRun', () => {
  it('takes steps until something must be waited for', async () => {
    const job: { status: JobStatus } = { status: { kind: 'unknown' } };
    const view: Record<string, unknown> = {
      ...{
        identity: {},
        wanted: 'run',
        trained: false,
        failures: 0,
        interruptions: 0,
        maxAttempts: 3,
        recordedSeq: 0,
        hangSeconds: 60,
        notFinite: [],
      },
      ...{ resumeSteps: [], evaluateSteps: [], attemptSteps: null, nodeFailures: [], waitingEvaluations: [], openEvaluations: 1 },
      ...{ profile: null, attempt: null },
    };
    const dependencies = {
      records: {
        runView: async () => view,
        recordLog: async () => undefined,
        attemptLaunched: async (...[run, number, token]: [string, number, string]) => {
          view['attempt'] = { run, number, token, job: '', state: 'launched' };
          return { resumeSteps: [], evaluateSteps: [] };
        },
      },
      store: {
        ...{ bucket: 'b', readLog: async () => [], create: async () => undefined },
        appendLog: async () => ({ kind: 'appended', entry: { token: 'f'.repeat(16) } }),
      },
      launcher: {
        launch: async () => void (job.status = { kind: 'waiting', reason: 'its pods are being made' }),
        status: async () => job.status,
      },
      profileOf: () => JobProfile.parse({ startSeconds: 77, saveSeconds: 88 }),
      ruleOf: (failure: FailureClass) => defaultFailureRules[failure],
    } as unknown as Dependencies;
    expect(await createRunActivities(dependencies).advanceRun(RUN, 'anywhere')).toEqual({
      kind: 'watch',
      question: {
        ...{ run: RUN, attempt: 1, job: trainJobName(RUN, { number: 1, token: 'f'.repeat(16) }), sinceSeq: 0 },
        progressKey: keys.progress(RUN, 1, 'f'.repeat(16)),
        patience: { hangSeconds: 60, startSeconds: 77, saveSeconds: 88 },
      },
      evaluate: [],
    });
  });
});
