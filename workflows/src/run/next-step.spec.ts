import { describe, expect, it } from '@jest/globals';
import { defaultFailureRules, type Attempt, type Checkpoint } from '@titrate/contracts';
import type { JobStatus } from '@titrate/job-launcher';
import type { RunView } from '@titrate/records';
import type { FailurePolicy } from '../job/failure-policy.ts';
import { decideRunStep as decide, nextBatch } from './next-step.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const running: JobStatus = { kind: 'running', startedAt: '2026-01-01T11:00:00Z' };
const unknown: JobStatus = { kind: 'unknown' };
const ended: JobStatus = { kind: 'ended', end: { kind: 'succeeded', endedAt: '2026-01-01T11:30:00Z' } };

const policy: FailurePolicy = { ruleOf: (failure) => defaultFailureRules[failure], maxInterruptions: 5 };
const decideRunStep = (view: RunView, job: JobStatus, place: 'anywhere' | 'at-checkpoint', nowMs: number) =>
  decide(view, job, place, nowMs, policy);

const attemptOf = (overrides: Partial<Attempt>): Attempt => ({
  run: 'a'.repeat(64),
  number: 1,
  token: '0123456789abcdef',
  job: 'train-x-1',
  state: 'running',
  failure: null,
  exitCode: null,
  message: null,
  node: null,
  lostSeconds: null,
  waiting: null,
  resumedStep: null,
  progress: null,
  launchedAt: '2026-01-01T11:00:00Z',
  startedAt: null,
  endedAt: null,
  ...overrides,
});

const viewOf = (overrides: Partial<RunView>): RunView => ({
  sweep: 'sw-a',
  identity: {} as RunView['identity'],
  resumeSteps: [],
  evaluateSteps: [10],
  maxAttempts: 3,
  hangSeconds: 600,
  wanted: 'run',
  trained: false,
  failed: false,
  base: null,
  baseSteps: [],
  failures: 0,
  interruptions: 0,
  notFinite: [],
  nodeFailures: [],
  profile: null,
  attempt: null,
  attemptSteps: null,
  resumePoint: 0,
  earlierResumePoint: 0,
  recordedSeq: 0,
  waitingEvaluations: [],
  openEvaluations: 1,
  ...overrides,
});

const failedAttempt = attemptOf({ state: 'failed', failure: 'killed', message: 'signal 9', endedAt: '2026-01-01T11:59:59Z' });
const waiting = [
  {
    checkpoint: { digest: 'c'.repeat(64), manifest: { step: 10 } } as unknown as Checkpoint,
    settings: {} as never,
    settingsDigest: 'd'.repeat(64),
    reference: null,
  },
];

describe('decideRunStep', () => {
  it('launches a run that was never started', () => {
    expect(decideRunStep(viewOf({}), unknown, 'anywhere', NOW).kind).toBe('launch');
  });

  it('watches a running job', () => {
    expect(decideRunStep(viewOf({ attempt: attemptOf({}), recordedSeq: 4 }), running, 'anywhere', NOW)).toMatchObject({
      kind: 'watch',
      job: 'train-x-1',
    });
  });

  it('launches again what stands in the log but not at the launcher', () => {
    expect(decideRunStep(viewOf({ attempt: attemptOf({ state: 'launched' }) }), unknown, 'anywhere', NOW).kind).toBe('launch');
  });

  it('does not train again what the log says is trained, though nobody knows its job', () => {
    expect(decideRunStep(viewOf({ attempt: attemptOf({ state: 'launched' }), trained: true }), unknown, 'anywhere', NOW).kind).toBe(
      'settle',
    );
  });

  it('settles an attempt whose job has ended, even when nobody wants the run any more', () => {
    expect(decideRunStep(viewOf({ attempt: attemptOf({}), wanted: 'release' }), ended, 'anywhere', NOW).kind).toBe('settle');
  });

  it('stops a paused run only at a checkpoint, and a released one anywhere', () => {
    const paused = viewOf({ attempt: attemptOf({}), wanted: 'pause' });
    expect(decideRunStep(paused, running, 'anywhere', NOW).kind).toBe('watch');
    expect(decideRunStep(paused, running, 'at-checkpoint', NOW).kind).toBe('stop');
    expect(decideRunStep(viewOf({ attempt: attemptOf({}), wanted: 'release' }), running, 'anywhere', NOW).kind).toBe('stop');
  });

  describe('when a step is demanded that the job at work does not know', () => {
    const knows = { resumeSteps: [20, 40], evaluateSteps: [10, 40] };
    const at = (resumePoint: number, evaluateSteps: number[], place: 'anywhere' | 'at-checkpoint' = 'anywhere') =>
      decideRunStep(viewOf({ attempt: attemptOf({}), attemptSteps: knows, resumePoint, evaluateSteps }), running, place, NOW).kind;

    it('stops the job where it has just committed a resume point, so that the next attempt commits the step', () => {
      expect([at(0, [50]), at(20, [50], 'at-checkpoint')]).toEqual(['watch', 'stop']);
    });

    it('stops it at once where the step comes before the next resume point, though it may have passed the step', () => {
      expect([at(0, [5]), at(20, [30]), at(40, [45])]).toEqual(['stop', 'stop', 'stop']);
    });

    it('goes on where the step is committed anyway, or lies behind what can be trained again', () => {
      expect([at(0, [10]), at(20, [20, 40], 'at-checkpoint'), at(20, [5], 'at-checkpoint')]).toEqual(['watch', 'watch', 'watch']);
    });

    it('goes on where only the log knows the attempt', () => {
      expect(decideRunStep(viewOf({ attempt: attemptOf({}), evaluateSteps: [5] }), running, 'anywhere', NOW).kind).toBe('watch');
    });
  });

  it('does not fail a paused run, as its checkpoints are evaluated first when it goes on', () => {
    expect(decideRunStep(viewOf({ attempt: failedAttempt, failures: 3, wanted: 'pause' }), unknown, 'anywhere', NOW).kind).toBe('pause');
  });

  it.each(['pause', 'release'] as const)('trains nothing for an evaluation that a person asks of a run with %s', (wanted) => {
    const asked = viewOf({ wanted, attempt: attemptOf({ state: 'failed', failure: 'stopped' }), waitingEvaluations: waiting });
    expect(decideRunStep(asked, unknown, 'anywhere', NOW)).toMatchObject({
      kind: 'wait-for-results',
      evaluate: [{ digest: 'c'.repeat(64) }],
    });
  });

  it('waits out the back-off after a failure, then launches', () => {
    const view = viewOf({ attempt: failedAttempt, failures: 1 });
    expect(decideRunStep(view, unknown, 'anywhere', NOW)).toMatchObject({ kind: 'wait', milliseconds: 1000 });
    expect(decideRunStep(view, unknown, 'anywhere', NOW + 10_000).kind).toBe('launch');
  });

  it('gives up after the allowed number of attempts and says what the last one said', () => {
    const step = decideRunStep(viewOf({ attempt: failedAttempt, failures: 3 }), unknown, 'anywhere', NOW);
    expect(step).toMatchObject({ kind: 'fail', reason: expect.stringContaining('signal 9') });
  });

  it.each(['bad-input', 'unschedulable', 'deactivated'] as const)('does not try again after %s, and says why', (failure) => {
    const step = decideRunStep(viewOf({ attempt: { ...failedAttempt, failure }, failures: 1 }), unknown, 'anywhere', NOW);
    expect(step).toMatchObject({ kind: 'fail', reason: expect.stringContaining(`the rule for ${failure} is never. attempt 1 ended`) });
  });

  describe('after an interruption, which is no failure of the run', () => {
    const evicted = attemptOf({ ...failedAttempt, failure: 'evicted' });
    const after = (interruptions: number, nowMs = NOW) =>
      decideRunStep(viewOf({ attempt: evicted, failures: 2, interruptions }), unknown, 'anywhere', nowMs);

    it('waits by the rule of the interruption and goes on, however many attempts have failed', () => {
      expect(after(1)).toMatchObject({ kind: 'wait', milliseconds: 9000 });
      expect(after(2)).toMatchObject({ kind: 'wait', milliseconds: 19_000 });
      expect(after(5, NOW + 400_000).kind).toBe('launch');
    });

    it('gives up when there were more than the operator allows', () => {
      expect(after(6)).toMatchObject({ kind: 'fail', reason: expect.stringContaining('6 interruptions, as at most 5 are allowed') });
    });
  });

  it('follows the rules that an operator wrote', () => {
    const rule = { retry: 'again', counts: true, backOffSeconds: 100, backOffLimitSeconds: 150 } as const;
    const lost = viewOf({ attempt: { ...failedAttempt, failure: 'lost' }, failures: 2 });
    const step = decide(lost, unknown, 'anywhere', NOW, { ...policy, ruleOf: () => rule });
    expect(step).toMatchObject({ kind: 'wait', milliseconds: 149_000 });
  });

  it('waits no longer than the rule says where the clock of the cluster is fast', () => {
    const attempt = { ...failedAttempt, endedAt: '2026-01-01T13:00:00Z' };
    expect(decideRunStep(viewOf({ attempt, failures: 1 }), unknown, 'anywhere', NOW)).toMatchObject({ kind: 'wait', milliseconds: 2000 });
  });

  it('starts anew after a retry has reset the failures', () => {
    expect(decideRunStep(viewOf({ attempt: { ...failedAttempt, failure: 'bad-input' }, failures: 0 }), unknown, 'anywhere', NOW).kind).toBe(
      'launch',
    );
  });

  it('tries once more after a loss that was not finite, and gives up after the second, whatever attempts are left', () => {
    const after = (notFinite: RunView['notFinite']) => {
      const attempt = { ...failedAttempt, number: notFinite.length, failure: 'loss-not-finite' as const };
      return decideRunStep(viewOf({ attempt, failures: notFinite.length, maxAttempts: 9, notFinite }), unknown, 'anywhere', NOW + 9000);
    };
    const [first, second] = [1, 2].map((number) => ({ attempt: number, step: 7 })) as [never, never];
    expect(after([first]).kind).toBe('launch');
    expect(after([first, second])).toMatchObject({
      kind: 'fail',
      reason: expect.stringContaining('not finite at step 7 in two attempts (1 and 2)'),
    });
  });

  it('does not fail a run while committed checkpoints of it wait for evaluation', () => {
    const step = decideRunStep(viewOf({ attempt: failedAttempt, failures: 3, waitingEvaluations: waiting }), unknown, 'anywhere', NOW);
    expect(step.kind).toBe('wait-for-results');
    expect(step.evaluate).toHaveLength(1);
  });

  it('offers committed checkpoints for evaluation while the training goes on', () => {
    expect(decideRunStep(viewOf({ attempt: attemptOf({}), waitingEvaluations: waiting }), running, 'anywhere', NOW)).toMatchObject({
      kind: 'watch',
      evaluate: [{ digest: 'c'.repeat(64) }],
    });
  });

  it('finishes a trained run only when no evaluation is open', () => {
    const trained = { trained: true, attempt: attemptOf({ state: 'succeeded' }) };
    expect(decideRunStep(viewOf({ ...trained, openEvaluations: 1 }), ended, 'anywhere', NOW).kind).toBe('wait-for-results');
    expect(decideRunStep(viewOf({ ...trained, openEvaluations: 0 }), ended, 'anywhere', NOW).kind).toBe('finish');
  });

  it('pauses a run that has no attempt, and releases one that nobody demands', () => {
    expect(decideRunStep(viewOf({ wanted: 'pause' }), unknown, 'anywhere', NOW).kind).toBe('pause');
    expect(decideRunStep(viewOf({ wanted: 'release' }), unknown, 'anywhere', NOW).kind).toBe('release');
  });
});

describe('nextBatch', () => {
  const waitingFor = (count: number, objects: number) =>
    Array.from({ length: count }, (_, index) => ({
      checkpoint: { digest: String(index).padStart(64, '0'), manifest: { objects: 'x'.repeat(objects) } } as unknown as Checkpoint,
      settings: {} as never,
      settingsDigest: 'd'.repeat(64),
      reference: null,
    }));
  const sizeOf = (count: number, objects: number): number => nextBatch(viewOf({ waitingEvaluations: waitingFor(count, objects) })).length;

  it('takes the first that wait by name, and no more than one job can be given', () => {
    expect(nextBatch(viewOf({ waitingEvaluations: waitingFor(2, 10) }))[0]).toEqual({
      digest: '0'.repeat(64),
      settingsDigest: 'd'.repeat(64),
    });
    expect([sizeOf(0, 10), sizeOf(7, 10), sizeOf(150, 10), sizeOf(150, 32_000), sizeOf(3, 600_000)]).toEqual([0, 7, 50, 15, 1]);
  });
});
