import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { freePorts } from '@titrate/embedded-stack';
import { makeCertificates, writeKubeconfig, type Certificates, type Holder } from './certificates.ts';
import type { Programs } from './build.ts';
import { run } from './commands.ts';
import type { Place } from './namespaces.ts';
import type { Servers } from './servers.ts';

/** Addresses inside the cluster. They mean nothing outside of its namespaces. */
export const SERVICE_SUBNET = '10.97.0.0/16';
const API_SERVICE = '10.97.0.1';

/** What the rest of a rig needs to know of its control plane. */
export interface ControlPlane {
  /** URL of the API server, for the host and for pods. */
  readonly url: string;
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly certificates: Certificates;
  /** Writes the kubeconfig of another holder of a certificate, and returns its path. */
  kubeconfigOf(holder: Holder): string;
}

/** Starts etcd, the API server, the controllers and the scheduler; resolves when pods could be made. @throws StartFailed */
export async function startControlPlane(folder: string, place: Place, programs: Programs, servers: Servers): Promise<ControlPlane> {
  const ports = await freePorts(['etcd', 'peer', 'api', 'controllers', 'scheduler']);
  const certificates = await makeCertificates(join(folder, 'certificates'), ['127.0.0.1', API_SERVICE, place.address]);
  const url = `https://${place.address}:${ports.api}`;
  const kubeconfigOf = (holder: Holder): string => writeKubeconfig(join(folder, `${holder}.kubeconfig`), url, certificates, holder);
  const hyperkube = [...place.enterNetwork, programs.hyperkube];

  await servers.start({ name: 'etcd', command: [...hyperkube, 'etcd', ...etcdFlags(folder, ports.etcd, ports.peer)] });
  const flags = apiServerFlags(place, ports.etcd, ports.api, certificates);
  await servers.start({
    name: 'kube-apiserver',
    command: [...hyperkube, 'kube-apiserver', ...flags],
    ready: () => answers(`${url}/readyz`, certificates.authority),
  });
  const kubeconfig = kubeconfigOf('admin');
  await Promise.all([
    servers.start({
      name: 'kube-controller-manager',
      command: [
        ...hyperkube,
        'kube-controller-manager',
        ...controllerFlags(kubeconfigOf('kube-controller-manager'), ports.controllers, certificates),
      ],
    }),
    servers.start({
      name: 'kube-scheduler',
      command: [...hyperkube, 'kube-scheduler', ...schedulerFlags(kubeconfigOf('kube-scheduler'), ports.scheduler)],
    }),
  ]);
  await run([programs.hyperkube, 'kubectl', '--kubeconfig', kubeconfig, 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s']);
  return { url, kubeconfig, certificates, kubeconfigOf };
}

/** Nothing of a rig must outlive a power cut: etcd does not wait for the disk. */
function etcdFlags(folder: string, client: number, peer: number): string[] {
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    ...[`--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync', '--log-level=warn'],
    ...[`--listen-client-urls=${clientUrl}`, `--advertise-client-urls=${clientUrl}`],
    ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`, `--initial-cluster=default=${peerUrl}`],
  ];
}

function apiServerFlags(place: Place, etcd: number, port: number, certificates: Certificates): string[] {
  return [
    ...[`--etcd-servers=http://127.0.0.1:${etcd}`, `--bind-address=${place.address}`, `--secure-port=${port}`],
    // Kubernetes refuses a loopback address as the end of its own Service.
    ...[`--advertise-address=${place.address}`, `--endpoint-reconciler-type=${place.enterNode === null ? 'none' : 'lease'}`],
    ...[`--service-cluster-ip-range=${SERVICE_SUBNET}`, '--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction'],
    ...['--allow-privileged=true', '--profiling=false', `--client-ca-file=${certificates.authority}`],
    ...[`--tls-cert-file=${certificates.certificate('kube-apiserver')}`, `--tls-private-key-file=${certificates.key('kube-apiserver')}`],
    ...[`--kubelet-client-certificate=${certificates.certificate('admin')}`, `--kubelet-client-key=${certificates.key('admin')}`],
    ...[`--kubelet-certificate-authority=${certificates.authority}`, '--kubelet-preferred-address-types=InternalIP,Hostname'],
    '--service-account-issuer=https://kubernetes.default.svc',
    ...[
      `--service-account-key-file=${certificates.serviceAccountKey}`,
      `--service-account-signing-key-file=${certificates.serviceAccountKey}`,
    ],
    // Five minutes by default: tests of lost nodes would wait that long.
    ...['--default-not-ready-toleration-seconds=10', '--default-unreachable-toleration-seconds=10'],
  ];
}

const clientFlags = (kubeconfig: string, port: number): string[] => [
  ...[`--kubeconfig=${kubeconfig}`, `--authentication-kubeconfig=${kubeconfig}`, `--authorization-kubeconfig=${kubeconfig}`],
  ...[
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--leader-elect=false',
    '--profiling=false',
    '--kube-api-qps=300',
    '--kube-api-burst=600',
  ],
];

function controllerFlags(kubeconfig: string, port: number, certificates: Certificates): string[] {
  return [
    ...clientFlags(kubeconfig, port),
    ...['--use-service-account-credentials=true', '--concurrent-job-syncs=10', `--root-ca-file=${certificates.authority}`],
    `--service-account-private-key-file=${certificates.serviceAccountKey}`,
    ...[`--cluster-signing-cert-file=${certificates.authority}`, `--cluster-signing-key-file=${certificates.authorityKey}`],
  ];
}

const schedulerFlags = clientFlags;

/** Whether a URL answers with 200, its certificate being signed by the authority. */
async function answers(url: string, authority: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const asked = request(url, { ca: readFileSync(authority), timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.end();
  });
}
