import { KubernetesObjectApi, type KubeConfig } from '@kubernetes/client-node';

/** Requests to the API server by verb and resource, as in `POST jobs` to a number. */
export type Requests = ReadonlyMap<string, number>;

/**
 * Makes the API server count the requests of one service account apart: they have a flow of their own, with the share of
 * the server that they would have anyway. The counters of requests as such do not tell who asked.
 */
export async function countRequestsOf(kubeConfig: KubeConfig, namespace: string, serviceAccount: string): Promise<void> {
  const rule = {
    subjects: [{ kind: 'ServiceAccount', serviceAccount: { namespace, name: serviceAccount } }],
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
  };
  await KubernetesObjectApi.makeApiClient(kubeConfig).create({
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: flowOf(namespace) },
    spec: {
      matchingPrecedence: 100,
      priorityLevelConfiguration: { name: 'workload-high' },
      distinguisherMethod: { type: 'ByUser' },
      rules: [rule],
    },
  } as never);
}

/** Takes the flow away again. */
export async function forgetRequestsOf(kubeConfig: KubeConfig, namespace: string): Promise<void> {
  await KubernetesObjectApi.makeApiClient(kubeConfig).delete({
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: flowOf(namespace) },
  });
}

const flowOf = (namespace: string): string => `count-${namespace}`;

/** What the API server's counters say now. */
export interface RequestCounts {
  /** All requests, whoever made them. */
  readonly all: Requests;
  /** Those of the service account that is counted apart. */
  readonly counted: number;
}

/** Reads the counters from the text of `/metrics`. */
export function readRequests(metrics: string, namespace: string): RequestCounts {
  const all = new Map<string, number>();
  let counted = 0;
  for (const line of metrics.split('\n')) {
    const sample = /^(\w+)\{(.*)\} ([0-9.e+]+)$/.exec(line);
    if (sample === null) continue;
    const [, name, labelText = '', value] = sample;
    const label = (key: string) => new RegExp(`(?:^|,)${key}="([^"]*)"`).exec(labelText)?.[1] ?? '';
    if (name === 'apiserver_request_total') {
      const key = `${label('verb')} ${label('resource')}${label('subresource') === '' ? '' : `/${label('subresource')}`}`;
      all.set(key, (all.get(key) ?? 0) + Number(value));
    } else if (name === 'apiserver_flowcontrol_dispatched_requests_total' && label('flow_schema') === flowOf(namespace))
      counted += Number(value);
  }
  return { all, counted };
}

/** What was asked between two looks; resources that nobody asked for are left out. */
export function requestsBetween(before: RequestCounts, after: RequestCounts): RequestCounts {
  const grown = [...after.all].map(([key, count]) => [key, count - (before.all.get(key) ?? 0)] as const).filter(([, count]) => count > 0);
  return { all: new Map(grown), counted: after.counted - before.counted };
}
