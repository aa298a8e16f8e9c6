import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@titrate/embedded-stack';
import type { Programs } from './build.ts';
import type { ControlPlane } from './control-plane.ts';
import { run } from './commands.ts';
import type { Place } from './namespaces.ts';
import type { Servers } from './servers.ts';

/** Where pods ask for names. */
export const DNS_SERVICE = '10.97.0.10';

/** Starts CoreDNS as a program beside the cluster and makes the Service that leads to it. @throws StartFailed */
export async function startDns(
  folder: string,
  place: Place,
  programs: Programs,
  controlPlane: ControlPlane,
  servers: Servers,
): Promise<void> {
  const { ready } = await freePorts(['ready']);
  const configuration = join(folder, 'Corefile');
  writeFileSync(configuration, corefile(place.address, ready, controlPlane.kubeconfig));
  await servers.start({ name: 'coredns', command: [...place.enterNetwork, programs.coredns, '-conf', configuration] });
  const kubectl = [programs.hyperkube, 'kubectl', '--kubeconfig', controlPlane.kubeconfig];
  await run([...kubectl, 'apply', '--filename', '-'], { input: JSON.stringify(service(place.address)) });
}

/** Answers live two seconds: a test's Service is gone soon after it was deleted. */
const corefile = (address: string, ready: number, kubeconfig: string): string => `.:53 {
  bind ${address}
  errors
  ready 127.0.0.1:${ready}
  cache 2
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfig}
    ttl 2
  }
}
`;

/** A Service without a selector, whose one end is CoreDNS. */
function service(address: string): object {
  const ports = ['UDP', 'TCP'].map((protocol) => ({ name: `dns-${protocol.toLowerCase()}`, port: 53, protocol }));
  const labels = { 'kubernetes.io/service-name': 'kube-dns' };
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'kube-dns', namespace: 'kube-system' },
        spec: { clusterIP: DNS_SERVICE, ports },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'kube-dns-rig', namespace: 'kube-system', labels },
        addressType: 'IPv4',
        ports,
        endpoints: [{ addresses: [address], conditions: { ready: true } }],
      },
    ],
  };
}
