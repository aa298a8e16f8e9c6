import type { KubernetesLauncher } from '@titrate/contracts';
import { createKeysAccess } from './keys.ts';
import type { PodView } from './pod.ts';
import type { ControlPlaneAccess } from './service.ts';
import { createSessionAccess } from './session.ts';
import type { StoreAccess } from './store-access.ts';
import { createWorkloadIdentityAccess } from './workload-identity.ts';

/** The store as the control plane reaches it, and its bucket. */
export interface StoreAccessOptions extends ControlPlaneAccess {
  readonly bucket: string;
}

/** The adapter that the configuration names. Nothing is connected before the first call. */
export function createStoreAccess(
  launcher: Pick<KubernetesLauncher, 'storeAccess' | 'storeEndpoint'>,
  options: StoreAccessOptions,
): StoreAccess {
  const { storeAccess, storeEndpoint } = launcher;
  const pod: PodView = { endpoint: storeEndpoint ?? options.endpoint, region: options.region };
  switch (storeAccess.kind) {
    case 'session':
      return createSessionAccess({ ...options, ...storeAccess, pod });
    case 'keys':
      return createKeysAccess({ ...options, ...storeAccess, pod });
    case 'workload-identity':
      return createWorkloadIdentityAccess({ ...storeAccess, pod });
  }
}
