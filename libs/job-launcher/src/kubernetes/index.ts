export { readCluster, type ReadClusterOptions } from './capacity.ts';
export { checkCluster } from './check-cluster.ts';
export { createKubernetesJobLauncher, type KubernetesJobLauncher, type KubernetesJobLauncherSettings } from './kubernetes-job-launcher.ts';
export type { StoreAccess, StoreGrant, StoreScope } from './store-access.ts';
