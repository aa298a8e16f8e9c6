import type { Rig } from './rig/rig.ts';
import { startRig } from './rig/rig.ts';
import { readDescription } from './rig/rig-folder.ts';

/** The rig that `setup` started; read by `teardown` in the same process. */
let rig: Rig | null = null;

const say = (message: string): void => void process.stderr.write(`${message}\n`);

/**
 * Gives all cluster tests one cluster, and tells them of it in the environment: the one that TITRATE_TEST_KUBECONFIG or
 * KUBECONFIG names, the rig in the folder that TITRATE_TEST_RIG names, or a rig that lives as long as the tests.
 */
export default async function setup(): Promise<void> {
  const folder = process.env['TITRATE_TEST_RIG'];
  const kubeconfig = process.env['TITRATE_TEST_KUBECONFIG'] ?? process.env['KUBECONFIG'];
  if (folder !== undefined) {
    Object.assign(process.env, readDescription(folder).environment);
  } else if (kubeconfig !== undefined) {
    const missing = `the cluster of ${kubeconfig} is used as it is`;
    say(`cluster tests: ${missing}`);
    Object.assign(process.env, { TITRATE_TEST_KUBECONFIG: kubeconfig, TITRATE_TEST_REAL_NODE_MISSING: missing });
  } else {
    rig = await startRig({ say, trainerImage: true });
    Object.assign(process.env, rig.description.environment);
  }
}

/** Ends the rig that `setup` started, and nothing else. */
export async function teardown(): Promise<void> {
  await rig?.stop();
  rig = null;
}
