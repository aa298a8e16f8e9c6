import { afterAll, beforeAll } from '@jest/globals';
import { faultsOfControlPlane } from './faults/of-control-plane.ts';
import { faultsOfNodes } from './faults/of-nodes.ts';
import { faultsOfPods } from './faults/of-pods.ts';
import { faultsOfResources } from './faults/of-resources.ts';
import { MINUTES, openFaultLaboratory, type FaultLaboratory } from './faults/laboratory.ts';
import { describeOnRealNode } from './rig/cluster-under-test.ts';

describeOnRealNode('whatever dies in the cluster', () => {
  let lab: FaultLaboratory;
  beforeAll(async () => {
    lab = await openFaultLaboratory();
  }, 10 * MINUTES);
  afterAll(() => lab?.close(), 2 * MINUTES);

  // Runs that wait for what happens to them wait side by side: those that wait longest first.
  faultsOfNodes(() => lab);
  faultsOfPods(() => lab);
  faultsOfResources(() => lab);
  faultsOfControlPlane(() => lab);
});
