import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@titrate/embedded-stack';
import type { Programs } from './build.ts';
import { startContainerRuntime, POD_SUBNET, type ContainerRuntime } from './container-runtime.ts';
import type { ControlPlane } from './control-plane.ts';
import { run, type Say } from './commands.ts';
import { DNS_SERVICE, startDns } from './dns.ts';
import { importImage, TRAINER_IMAGE } from './images.ts';
import type { Place } from './namespaces.ts';
import type { Servers } from './servers.ts';

/** Name of the one node that really runs containers. */
export const REAL_NODE = 'real-0';

/** What a real node is made from. */
export interface NodePlan {
  readonly folder: string;
  readonly place: Place;
  readonly programs: Programs;
  readonly controlPlane: ControlPlane;
  readonly servers: Servers;
  /** Control group below which the pods live. */
  readonly cgroup: string;
  /** Whether the trainer's image is to be there, too. */
  readonly trainerImage: boolean;
  readonly say: Say;
}

/** Starts containerd, kubelet, kube-proxy and CoreDNS; resolves when the node is ready for pods. @throws StartFailed */
export async function startRealNode(plan: NodePlan): Promise<ContainerRuntime> {
  const { folder, place, programs, controlPlane, servers } = plan;
  const ports = await freePorts(['kubelet', 'kubeletHealth', 'proxyHealth', 'proxyMetrics']);
  const runtime = await startContainerRuntime(folder, place, servers, plan.say);
  const configuration = join(folder, 'kubelet.json');
  writeFileSync(configuration, JSON.stringify(kubeletConfiguration(plan, runtime, ports.kubelet, ports.kubeletHealth), null, 2));
  mkdirSync(join(folder, 'kubelet'), { recursive: true });
  const kubelet = [
    `--config=${configuration}`,
    `--kubeconfig=${controlPlane.kubeconfigOf('kubelet')}`,
    `--root-dir=${join(folder, 'kubelet')}`,
  ];
  const names = [`--cert-dir=${join(folder, 'certificates')}`, `--hostname-override=${REAL_NODE}`, `--node-ip=${place.address}`];
  await Promise.all([
    servers.start({
      name: 'kubelet',
      isChild: true,
      command: [...(place.enterNode ?? []), programs.hyperkube, 'kubelet', ...kubelet, ...names, '--node-labels=titrate.dev/node=real'],
    }),
    servers.start({ name: 'kube-proxy', command: [...place.enterNetwork, programs.hyperkube, 'kube-proxy', ...proxyFlags(plan, ports)] }),
    startDns(folder, place, programs, controlPlane, servers),
    plan.trainerImage ? importImage(TRAINER_IMAGE, runtime.socket, plan.say) : undefined,
  ]);
  const kubectl = [programs.hyperkube, 'kubectl', '--kubeconfig', controlPlane.kubeconfig];
  await run([...kubectl, 'wait', '--for=create', `node/${REAL_NODE}`, '--timeout=90s']);
  await run([...kubectl, 'wait', '--for=condition=Ready', `node/${REAL_NODE}`, '--timeout=90s']);
  return runtime;
}

function kubeletConfiguration(plan: NodePlan, runtime: ContainerRuntime, port: number, healthPort: number): object {
  const { folder, controlPlane, place } = plan;
  const resolv = join(folder, 'resolv.conf');
  // Pods know the cluster's names only: there is no way out of the rig's network.
  writeFileSync(resolv, '');
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    ...{ address: place.address, port, readOnlyPort: 0, healthzBindAddress: '127.0.0.1', healthzPort: healthPort },
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: controlPlane.certificates.authority },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: controlPlane.certificates.certificate('kubelet'),
    tlsPrivateKeyFile: controlPlane.certificates.key('kubelet'),
    containerRuntimeEndpoint: `unix://${runtime.socket}`,
    // Version 1 is what some machines still have.
    ...{
      cgroupDriver: 'cgroupfs',
      cgroupRoot: `/${plan.cgroup}`,
      failCgroupV1: false,
      failSwapOn: false,
      enforceNodeAllocatable: ['pods'],
    },
    // On few cores a pod may use what the others leave: a limit would make it wait beside cores that have nothing to do.
    cpuCFSQuota: false,
    // The machine's disk is not the rig's to tidy.
    ...{ evictionHard: { 'memory.available': '100Mi' }, imageGCHighThresholdPercent: 100, imageGCLowThresholdPercent: 99 },
    // Images are imported and never pulled, so no pull secret can vouch for them.
    imagePullCredentialsVerificationPolicy: 'NeverVerify',
    ...{ clusterDomain: 'cluster.local', clusterDNS: [DNS_SERVICE], resolvConf: resolv },
    ...{ podLogsDir: join(folder, 'pod-logs'), volumePluginDir: join(folder, 'volume-plugins'), kubeReserved: { cpu: '100m' } },
    ...{ nodeStatusUpdateFrequency: '5s', syncFrequency: '10s', maxPods: 60 },
  };
}

function proxyFlags({ controlPlane }: NodePlan, ports: { proxyHealth: number; proxyMetrics: number }): string[] {
  return [
    ...[`--kubeconfig=${controlPlane.kubeconfigOf('kube-proxy')}`, '--proxy-mode=iptables', `--cluster-cidr=${POD_SUBNET}`],
    ...[`--hostname-override=${REAL_NODE}`, `--healthz-bind-address=127.0.0.1:${ports.proxyHealth}`],
    `--metrics-bind-address=127.0.0.1:${ports.proxyMetrics}`,
    // Connection tracking has limits of the whole machine: they stay as they are.
    ...['--conntrack-max-per-core=0', '--conntrack-tcp-timeout-established=0', '--conntrack-tcp-timeout-close-wait=0'],
  ];
}
