import { setTimeout as sleep } from 'node:timers/promises';
import { apply, kubectl } from './cluster-under-test.ts';
import { policyObjects, type PodChange } from './pod-policy-objects.ts';

/**
 * Has the API server change new pods of a namespace, and waits until it does.
 *
 * @param trial a pod that the change concerns; it is sent for show only
 * @param shows JSON of the trial pod that was changed
 * @returns takes it back
 */
export async function changeNewPods(
  name: string,
  namespace: string,
  change: PodChange,
  trial: object,
  shows: (pod: string) => boolean,
): Promise<() => Promise<void>> {
  await apply(namespace, ...policyObjects(name, namespace, change));
  const ask = ['create', '--namespace', namespace, '--dry-run=server', '--output', 'json', '--filename', '-'];
  for (const deadline = Date.now() + 60_000; !shows(await kubectl(ask, trial)); await sleep(200))
    if (Date.now() > deadline) throw new Error(`Cannot go on as policy ${name} must hold for new pods: it does not`);
  return async () => {
    for (const kind of ['mutatingadmissionpolicybinding', 'mutatingadmissionpolicy']) await kubectl(['delete', kind, name]);
  };
}
