import { expect, it } from '@jest/globals';
import { deleteNode, kubectl } from '../rig/cluster-under-test.ts';
import { lightSpec, MINUTES, nodeOf, type FaultLaboratory } from './laboratory.ts';

const TIMEOUT = 20 * MINUTES;

/** What may happen to nodes: to fake ones with GPUs, whose trainings are simulated and write what real ones would. */
export function faultsOfNodes(lab: () => FaultLaboratory): void {
  /** A run on a node of its own that may fail no more than once: what follows must not count. */
  async function onNode(name: string, seed: number) {
    const spec = lightSpec(name, seed, { profile: 'gpu-node', maxAttempts: 1 });
    const underWay = await lab().untilUnderWay(spec);
    return { ...underWay, node: await nodeOf(lab().namespace, underWay.pod) };
  }

  /** The node where the second attempt trains. */
  async function nextNode(run: string): Promise<string> {
    const job = await lab().eventually('the next attempt', async () => (await lab().attemptsOf(run))[1]?.job ?? null, 5 * MINUTES);
    return await lab().eventually('its node', async () => await nodeOf(lab().namespace, (await lab().podsOf(job))[0] ?? ''));
  }

  async function expectInterrupted(sweep: string, run: string, failure: string, node: string): Promise<void> {
    const attempts = await lab().expectWholeRun(sweep, run);
    expect(attempts).toMatchObject([
      { failure, node },
      { state: 'succeeded', failure: null },
    ]);
    expect(attempts[1]!.resumedStep).toBeGreaterThan(0);
  }

  it.concurrent(
    'a run whose node is deleted goes on elsewhere, and keeps away from a node of that name',
    async () => {
      const { sweep, run, node } = await onNode('node-deleted', 10);
      lab().trainers.lose(node);
      await deleteNode(node);
      expect(await nextNode(run)).not.toBe(node);
      const { job } = (await lab().attemptsOf(run))[1]!;
      const path = 'jsonpath={.spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution}';
      const affinity = await kubectl(['get', 'job', job, '--namespace', lab().namespace, '--output', path]);
      expect(JSON.parse(affinity)).toEqual({
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: [node] }] }],
      });
      await expectInterrupted(sweep, run, 'node-lost', node);
    },
    TIMEOUT,
  );

  it.concurrent(
    'a run that the scheduler preempts for a pod of higher priority goes on elsewhere, and that is no attempt',
    async () => {
      const { sweep, run, node } = await onNode('preempted', 11);
      await lab().pool.preempt(node);
      expect(await nextNode(run)).not.toBe(node);
      await expectInterrupted(sweep, run, 'preempted', node);
    },
    TIMEOUT,
  );

  it.concurrent(
    'a run whose node is drained goes on elsewhere, and that is no attempt',
    async () => {
      const { sweep, run, node } = await onNode('drained', 12);
      await kubectl(['drain', node, '--delete-emptydir-data', '--timeout=120s']);
      expect(await nextNode(run)).not.toBe(node);
      await expectInterrupted(sweep, run, 'evicted', node);
    },
    TIMEOUT,
  );
}
