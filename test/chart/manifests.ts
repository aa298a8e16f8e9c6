import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { chart, helm } from './programs.ts';

/** The shapes of installation that the chart carries values for. */
export const shapes = ['kind', 'cloud', 'air-gapped'] as const;
export type Shape = (typeof shapes)[number];

/** A Kubernetes object as the chart rendered it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [field: string]: unknown;
}

/** What a pod template holds, as far as tests look at it. */
export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext: Record<string, unknown>;
  readonly imagePullSecrets?: { name: string }[];
  readonly nodeSelector?: Record<string, string>;
  readonly containers: {
    readonly image: string;
    readonly command: string[];
    readonly ports: { name: string; containerPort: number }[];
    readonly env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
    readonly securityContext: Record<string, unknown>;
    readonly resources: { requests: Record<string, string>; limits: Record<string, string> };
  }[];
}

/** Parameters of Helm for a shape; a set value may be an empty list. */
export const valuesOf = (shape: Shape, ...sets: string[]): string[] => [
  ...['--values', join(chart, `ci/${shape}-values.yaml`)],
  ...sets.flatMap((set) => [set.endsWith('=[]') ? '--set-json' : '--set', set]),
];

/** Renders the chart for a shape as release `titrate` in namespace `titrate`; rejects with Helm's words when it refuses. */
export const render = (shape: Shape, ...sets: string[]): Promise<Manifest[]> => renderIn('titrate', valuesOf(shape, ...sets));

/** Renders the chart as release `titrate` in a namespace, with parameters of Helm. */
export async function renderIn(namespace: string, parameters: readonly string[]): Promise<Manifest[]> {
  const { code, stdout, stderr } = await helm('template', 'titrate', chart, '--namespace', namespace, ...parameters);
  if (code !== 0) throw new Error(stderr);
  return parseManifests(stdout);
}

/** The objects of a text of several documents. */
export const parseManifests = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

/** Text that Kubernetes' own reader of YAML, which is one of version 1.1, takes as it was meant: "off" stays a text. */
export const toYaml = (manifests: readonly Manifest[]): string =>
  manifests.map((manifest) => stringify(manifest, { version: '1.1' })).join('---\n');

/** The one object of that kind and name; throws where there is none. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined)
    throw new Error(`The chart made no ${kind} ${name}: ${manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')}`);
  return found;
}

/** Pods of a Deployment or Job. */
export const podOf = (manifest: Manifest): PodSpec => (manifest['spec'] as { template: { spec: PodSpec } }).template.spec;

/** Plain values of the environment of the first container. */
export const environmentOf = (manifest: Manifest): Record<string, string | undefined> =>
  Object.fromEntries(podOf(manifest).containers[0]!.env.map(({ name, value }) => [name, value]));

/** The job configuration that the control plane reads, as a parsed document. */
export const jobConfigurationOf = (manifests: readonly Manifest[]): unknown =>
  parse((find(manifests, 'ConfigMap', 'titrate-jobs')['data'] as Record<string, string>)['jobs.yaml'] as string);

/** Whether the object is one of Kueue or of the Prometheus Operator, which the cluster under test does not have. */
export const isOfOperator = ({ apiVersion }: Manifest): boolean => /^(kueue\.x-k8s\.io|monitoring\.coreos\.com)\//.test(apiVersion);
