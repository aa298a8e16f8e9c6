import { expect, it } from '@jest/globals';
import { exitCodes } from '@titrate/contracts';
import { kubectl, signalContainer } from '../rig/cluster-under-test.ts';
import { lightSpec, longSpec, MINUTES, type FaultLaboratory } from './laboratory.ts';

const TIMEOUT = 20 * MINUTES;

/** What may happen to a pod and its processes on the real node. */
export function faultsOfPods(lab: () => FaultLaboratory): void {
  it.concurrent(
    'a pod that is deleted is replaced by the next attempt, which goes on from its checkpoint',
    async () => {
      const evaluate = { shares: [0.5, 1] };
      const { sweep, run, pod } = await lab().untilUnderWay(
        longSpec('pod-deleted', 1, { checkpoints: { evaluate, resume: { everySteps: 100 } } }),
      );
      await kubectl(['delete', 'pod', pod, '--namespace', lab().namespace, '--wait=false']);
      const attempts = await lab().expectWholeRun(sweep, run, 2);
      expect(attempts).toHaveLength(2);
      expect(attempts[0]).toMatchObject({ state: 'failed', failure: 'deleted', lostSeconds: expect.any(Number) });
      expect(attempts[1]!.resumedStep).toBeGreaterThan(0);
    },
    TIMEOUT,
  );

  it.concurrent(
    'a container that is killed is classified, with the node where it ran',
    async () => {
      const { sweep, run, pod } = await lab().untilUnderWay(lightSpec('container-killed', 2));
      await signalContainer(lab().namespace, pod, 'SIGKILL');
      const attempts = await lab().expectWholeRun(sweep, run);
      expect(attempts[0]).toMatchObject({ failure: 'killed', exitCode: 137, node: 'real-0' });
      expect(attempts[1]!.resumedStep).toBeGreaterThan(0);
    },
    TIMEOUT,
  );

  it.concurrent(
    'a training that is held by SIGSTOP hangs, ends, and the next attempt goes on',
    async () => {
      const { sweep, run, pod } = await lab().untilUnderWay(lightSpec('pod-paused', 3, { hangSeconds: 30 }));
      await signalContainer(lab().namespace, pod, 'SIGSTOP');
      const attempts = await lab().expectWholeRun(sweep, run);
      expect(attempts[0]).toMatchObject({ failure: 'hung' });
      expect(attempts[1]!.resumedStep).toBeGreaterThan(0);
    },
    TIMEOUT,
  );

  it.concurrent(
    'a pod that was paused and outlives its Job wakes beside the next attempt, commits nothing, and ends as fenced',
    async () => {
      const { namespace, log } = lab();
      const { sweep, run, pod, job } = await lab().untilUnderWay(lightSpec('zombie', 4));
      await signalContainer(namespace, pod, 'SIGSTOP');
      await kubectl(['delete', 'job', job, '--namespace', namespace, '--cascade=orphan', '--wait=false']);
      const isOfNext = (entry: { attempt: number }): boolean => entry.attempt === 2;
      await lab().eventually(
        'the next attempt commits a checkpoint',
        async () => (await log(run)).some((entry) => entry.kind === 'checkpoint' && isOfNext(entry)),
        6 * MINUTES,
      );
      await signalContainer(namespace, pod, 'SIGCONT');
      const path = 'jsonpath={.status.containerStatuses[0].state.terminated.exitCode}';
      const exitCode = async () => await kubectl(['get', 'pod', pod, '--namespace', namespace, '--output', path]);
      const code = await lab().eventually('the end of the pod that woke', async () => (await exitCode()) || null, 6 * MINUTES);
      const said = await kubectl(['logs', pod, '--namespace', namespace, '--tail=5']);
      expect({ code, said }).toEqual({ code: String(exitCodes.fenced), said: expect.stringContaining('Fenced: Cannot commit') });
      const attempts = await lab().expectWholeRun(sweep, run);
      expect(attempts).toMatchObject([{ failure: 'deleted' }, { state: 'succeeded' }]);
      expect(attempts[1]!.resumedStep).toBeGreaterThan(0);
      const entries = await log(run);
      const since = entries.findIndex((entry) => entry.kind === 'attempt' && isOfNext(entry));
      expect(entries.slice(since).every(isOfNext)).toBe(true);
      // Whoever lets the pod outlive its Job keeps what else belonged to the Job as well.
      await kubectl(['delete', `pod/${pod}`, `secret/${job}`, '--namespace', namespace]);
    },
    TIMEOUT,
  );

  it.concurrent(
    'a cancelled sweep leaves no Job, Service, Secret or pod',
    async () => {
      const { sweep, job } = await lab().untilUnderWay(lightSpec('cancelled', 5));
      await lab().client.cancelSweep({ id: sweep });
      // The jobs of a run have the same word in their names.
      const [, ofRun = ''] = job.split('-');
      await lab().eventually('nothing is left', async () => !(await lab().names('jobs', 'services', 'secrets', 'pods')).includes(ofRun));
    },
    TIMEOUT,
  );
}
