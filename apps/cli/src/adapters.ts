import type { KubernetesLauncher } from '@titrate/contracts';

/**
 * Whether a stack of this machine could run its jobs in the cluster.
 *
 * @throws ClusterRefused, ClusterUnreachable, each with what the operator has to mend.
 */
export async function checkCluster(options: { kubeconfig?: string; launcher: KubernetesLauncher }): Promise<void> {
  // The client of Kubernetes is large: it is loaded where jobs run in a cluster, and nowhere else.
  const kubernetes = await import('@titrate/job-launcher/kubernetes');
  await kubernetes.checkCluster(options);
}
