import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.ts';

/** Who has a certificate, by file name: the subject that Kubernetes reads user and groups from. */
const subjects = {
  'kube-apiserver': '/CN=kube-apiserver',
  admin: '/O=system:masters/CN=admin',
  'kube-controller-manager': '/CN=system:kube-controller-manager',
  'kube-scheduler': '/CN=system:kube-scheduler',
  kubelet: '/O=system:nodes/CN=system:node:real-0',
  'kube-proxy': '/CN=system:kube-proxy',
} as const;
export type Holder = keyof typeof subjects;

/** The one name and subject of what OpenSSL is to sign; its own configuration would make every certificate an authority. */
const configuration = `[req]
distinguished_name = name
prompt = no
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, digitalSignature
subjectKeyIdentifier = hash
[holder]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
`;

/** Paths of a cluster's certificates and keys. */
export interface Certificates {
  readonly authority: string;
  readonly authorityKey: string;
  readonly serviceAccountKey: string;
  certificate(holder: Holder): string;
  key(holder: Holder): string;
}

/** Makes an authority of a cluster's own, and a certificate for each of its programs that is valid at the address. Valid for 30 days. */
export async function makeCertificates(folder: string, addresses: readonly string[]): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('openssl.cnf'), configuration);
  await sign(path, 'authority', '/CN=titrate-cluster', ['-extensions', 'authority']);
  const names = ['localhost', 'real-0', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((name) => `DNS:${name}`);
  const valid = [...names, ...addresses.map((address) => `IP:${address}`)].join(',');
  const signed = [
    '-extensions',
    'holder',
    '-addext',
    `subjectAltName=${valid}`,
    '-CA',
    path('authority.crt'),
    '-CAkey',
    path('authority.key'),
  ];
  await Promise.all(Object.entries(subjects).map(([holder, subject]) => sign(path, holder, subject, signed)));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(path('service-account.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  return {
    authority: path('authority.crt'),
    authorityKey: path('authority.key'),
    serviceAccountKey: path('service-account.key'),
    certificate: (holder) => path(`${holder}.crt`),
    key: (holder) => path(`${holder}.key`),
  };
}

async function sign(path: (name: string) => string, name: string, subject: string, more: readonly string[]): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', path(`${name}.key`)];
  const certificate = ['-config', path('openssl.cnf'), '-days', '30', '-subj', subject, '-out', path(`${name}.crt`)];
  await run(['openssl', 'req', '-x509', '-new', ...key, ...certificate, ...more]);
}

/** Writes a kubeconfig that holds all it needs, so that it can be carried elsewhere. Mode 0600. */
export function writeKubeconfig(file: string, server: string, certificates: Certificates, holder: Holder): string {
  const data = (path: string): string => readFileSync(path).toString('base64');
  const user = {
    'client-certificate-data': data(certificates.certificate(holder)),
    'client-key-data': data(certificates.key(holder)),
  };
  const configuration = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'titrate-rig', cluster: { server, 'certificate-authority-data': data(certificates.authority) } }],
    users: [{ name: holder, user }],
    contexts: [{ name: 'titrate-rig', context: { cluster: 'titrate-rig', user: holder } }],
    'current-context': 'titrate-rig',
  };
  writeFileSync(file, JSON.stringify(configuration, null, 2), { mode: 0o600 });
  return file;
}
