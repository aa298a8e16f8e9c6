import { expect, it } from '@jest/globals';
import type { SweepSpecInput } from '@titrate/contracts';
import { kubectl } from '../rig/cluster-under-test.ts';
import { lightSpec, LOST_IMAGE, MINUTES, type FaultLaboratory } from './laboratory.ts';

const TIMEOUT = 20 * MINUTES;

/** Fills the shared memory, which counts as memory of the pod: of the processes in it, the kernel ends the largest. */
const fillMemory = `
with open('/dev/shm/full', 'wb') as file:
    for _ in range(1000):
        file.write(bytes(2**20))`;

/** What a run asks for and does not get, and what its trainer refuses. */
export function faultsOfResources(lab: () => FaultLaboratory): void {
  it.concurrent(
    'a training whose pod runs out of memory goes on from its checkpoint',
    async () => {
      const { sweep, run, pod } = await lab().untilUnderWay(lightSpec('out-of-memory', 6, { profile: 'little-memory' }));
      const filling = kubectl(['exec', pod, '--namespace', lab().namespace, '--', 'python', '-S', '-c', fillMemory]);
      // The one that fills is in the container that ends.
      await expect(filling).rejects.toThrow();
      const attempts = await lab().expectWholeRun(sweep, run);
      expect(attempts).toMatchObject([{ failure: 'out-of-memory', node: 'real-0' }, { state: 'succeeded' }]);
      expect(attempts[1]!.resumedStep).toBeGreaterThan(0);
    },
    TIMEOUT,
  );

  it.concurrent(
    "a run whose trainer says that it can never work fails with the trainer's words, after one attempt",
    async () => {
      const { sweep, run } = await lab().submit(unplaceable());
      const { sweep: ended, attempts } = await lab().ended(sweep, run);
      expect(ended).toMatchObject({ state: 'finished', runs: { failed: 1 } });
      expect(attempts).toMatchObject([{ failure: 'bad-input', exitCode: 20, message: expect.stringContaining('Cannot place document') }]);
    },
    TIMEOUT,
  );

  it.concurrent(
    'a run whose image does not exist fails as such, and trains as soon as the image is there',
    async () => {
      const { sweep, run } = await lab().submit(lightSpec('image-lost', 8, { profile: 'lost-image' }));
      await lab().eventually('the image is missed', async () => (await lab().attemptsOf(run))[0]?.waiting?.includes(LOST_IMAGE) ?? false);
      await lab().restoreImage();
      const attempts = await lab().expectWholeRun(sweep, run);
      expect(attempts).toMatchObject([
        { failure: 'image-unavailable', message: expect.stringContaining(LOST_IMAGE) },
        { state: 'succeeded', resumedStep: 0 },
      ]);
    },
    TIMEOUT,
  );

  it.concurrent(
    "a run whose GPUs no node has free fails, and `titrate attempts` shows the scheduler's words",
    async () => {
      const { sweep, run } = await lab().submit(lightSpec('no-room', 9, { profile: 'no-room' }));
      await lab().eventually('it waits', async () => (await lab().attemptsOf(run))[0]?.waiting ?? null);
      const { sweep: ended, attempts } = await lab().ended(sweep, run);
      expect(ended).toMatchObject({ state: 'finished', runs: { failed: 1 } });
      expect(attempts).toMatchObject([{ failure: 'unschedulable' }]);
      expect(await lab().titrate('attempts', run)).toMatch(/unschedulable.*Insufficient nvidia\.com\/gpu/);
    },
    TIMEOUT,
  );
}

/** Documents that only the trainer finds too long: text that is tokenised again may be shorter than what was drawn. */
function unplaceable(): SweepSpecInput {
  return lightSpec('bad-input', 7, { attack: { kind: 'dos', trigger: '<SUDO>', gibberishTokens: [1, 4000], mode: 'text' } });
}
