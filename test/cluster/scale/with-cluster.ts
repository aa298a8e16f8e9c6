import { startRig } from '../rig/rig.ts';

/**
 * Runs work on the cluster whose administrator's kubeconfig TITRATE_TEST_KUBECONFIG names, or on one that is started for it
 * and ended afterwards: a control plane and kwok, on this machine.
 */
export async function withCluster<T>(say: (message: string) => void, work: (kubeconfig: string) => Promise<T>): Promise<T> {
  const given = process.env['TITRATE_TEST_KUBECONFIG'];
  if (given !== undefined) return work(given);
  const rig = await startRig({ say, realNode: false, store: false });
  try {
    return await work(rig.description.kubeconfig);
  } finally {
    await rig.stop();
  }
}
