import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { JobConfiguration } from '@titrate/contracts';
import { ruleGroups } from '@titrate/telemetry/alerts';
import { dashboards } from '@titrate/telemetry/dashboards';
import { environmentOf, find, jobConfigurationOf, podOf, render, shapes, toYaml, type Manifest, type Shape } from './manifests.ts';
import { chart, helm } from './programs.ts';

// Helm takes a third of a second, and much longer where the machine is busy.
jest.setTimeout(60_000);

const rendered = {} as Record<Shape, Manifest[]>;
beforeAll(async () => {
  for (const shape of shapes) rendered[shape] = await render(shape);
});

function withoutGenerated(manifest: Manifest): Manifest {
  if (manifest.kind === 'PrometheusRule') return { ...manifest, spec: 'rules/titrate.yaml' };
  return manifest.metadata.name.endsWith('-dashboard') ? { ...manifest, data: 'dashboards' } : manifest;
}

const kinds = (manifests: readonly Manifest[]): string[] => [...new Set(manifests.map(({ kind }) => kind))];
const parts = ['Deployment titrate-api', 'Deployment titrate-worker'] as const;
const part = (shape: Shape, what: string): Manifest => find(rendered[shape], ...(what.split(' ') as [string, string]));

describe.each(shapes)('the chart for %s', (shape) => {
  it('renders what was reviewed', () => {
    // Dashboards and rules are reviewed where they are made: libs/telemetry.
    expect(toYaml(rendered[shape].map(withoutGenerated))).toMatchSnapshot();
  });

  it('gives the control plane a configuration of jobs that it can read', () => {
    const { launcher } = JobConfiguration.parse(jobConfigurationOf(rendered[shape]));
    expect(launcher).toMatchObject({ kind: 'kubernetes', serviceAccountName: 'titrate-trainer', context: null });
  });

  it('runs nothing as root, with privileges or on a writable root', () => {
    const pods = rendered[shape].filter(({ kind }) => ['Deployment', 'Job'].includes(kind)).map(podOf);
    expect(pods.length).toBeGreaterThanOrEqual(2);
    for (const { securityContext, containers } of pods) {
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const container of containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(Object.keys(container.resources.requests)).toEqual(expect.arrayContaining(['cpu', 'memory']));
        expect(container.resources.limits).toHaveProperty('memory');
      }
    }
  });

  it('takes secrets by reference only', () => {
    for (const what of parts) {
      const { env } = podOf(part(shape, what)).containers[0]!;
      for (const name of ['TITRATE_POSTGRES_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
        expect(env.find((variable) => variable.name === name)).toEqual({ name, valueFrom: { secretKeyRef: expect.anything() } });
    }
    expect(kinds(rendered[shape]).includes('Secret')).toBe(shape === 'kind');
  });

  it('gives no token to training pods, the migration or anyone by default', () => {
    const accounts = rendered[shape].filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map(({ metadata }) => metadata.name).sort()).toEqual(['titrate-api', 'titrate-trainer', 'titrate-worker']);
    for (const account of accounts) expect(account['automountServiceAccountToken']).toBe(false);
    for (const job of rendered[shape].filter(({ kind }) => kind === 'Job')) expect(podOf(job).automountServiceAccountToken).toBe(false);
  });
});

describe('the chart', () => {
  it('starts the control plane anew when the configuration of jobs changes, and only then', async () => {
    const checksum = (manifests: Manifest[]) =>
      (find(manifests, 'Deployment', 'titrate-worker')['spec'] as { template: { metadata: { annotations: Record<string, string> } } })
        .template.metadata.annotations['checksum/configuration'];
    expect(checksum(await render('kind', 'jobs.maxInterruptions=7'))).not.toBe(checksum(rendered.kind));
    expect(checksum(await render('kind', 'api.logLevel=debug'))).toBe(checksum(rendered.kind));
  });

  it('writes large numbers as numbers', () => {
    expect(environmentOf(part('cloud', 'Deployment titrate-api'))['TITRATE_UPLOAD_LIMIT_BYTES']).toBe('21474836480');
    const { assignment } = JobConfiguration.parse(jobConfigurationOf(rendered.cloud));
    expect(assignment.train.map(({ upToParameters }) => upToParameters)).toEqual([700_000_000, 2_500_000_000, 8_000_000_000, null]);
  });

  it('has profiles from one node of eight GPUs to several', () => {
    const { profiles } = JobConfiguration.parse(jobConfigurationOf(rendered.cloud));
    const gpus = Object.entries(profiles).map(([name, { nodes, gpusPerNode, processesPerNode }]) => [
      name,
      nodes,
      gpusPerNode,
      processesPerNode,
    ]);
    expect(gpus).toEqual(
      expect.arrayContaining([
        ['gpu-600m', 1, 8, 8],
        ['gpu-2b', 2, 8, 8],
        ['gpu-7b', 4, 8, 8],
        ['gpu-13b', 8, 8, 8],
      ]),
    );
  });

  it('makes a profile of the operator from the default one and what differs', () => {
    const { profiles } = JobConfiguration.parse(jobConfigurationOf(rendered.cloud));
    expect(profiles['gpu-7b']).toMatchObject({
      nodes: 4,
      topologyKey: 'topology.kubernetes.io/zone',
      environment: { NCCL_DEBUG: 'WARN', NCCL_SOCKET_IFNAME: 'eth0' },
    });
    expect(Object.keys(JobConfiguration.parse(jobConfigurationOf(rendered.kind)).profiles)).toEqual(['cpu']);
  });

  it('hands workload identity, queue and pull secrets to the launcher', () => {
    const { launcher } = JobConfiguration.parse(jobConfigurationOf(rendered.cloud));
    expect(launcher).toMatchObject({
      namespace: 'research-runs',
      image: `registry.example.com/titrate/trainer@sha256:${'2'.repeat(64)}`,
      imagePullSecrets: ['registry'],
      queue: { name: 'titrate', priorityClass: 'titrate-runs' },
      storeAccess: { kind: 'workload-identity', roleArn: 'arn:aws:iam::123456789012:role/titrate-runs' },
    });
  });

  it('takes every image from the mirror of a network without internet, and trusts its authority', () => {
    expect(JobConfiguration.parse(jobConfigurationOf(rendered['air-gapped'])).launcher).toMatchObject({
      image: 'mirror.internal:5000/titrate-trainer:0.1.0',
      storeEndpoint: 'https://s3-jobs.internal:9000',
      caBundle: { configMapName: 'internal-authority', key: 'ca.crt' },
    });
    for (const what of parts) {
      const manifest = part('air-gapped', what);
      expect(podOf(manifest).containers[0]!.image).toBe('mirror.internal:5000/titrate-control-plane:0.1.0');
      expect(podOf(manifest).imagePullSecrets).toEqual([{ name: 'mirror' }]);
      expect(environmentOf(manifest)['NODE_EXTRA_CA_CERTS']).toBe('/etc/titrate-ca/ca.crt');
    }
  });

  it('speaks with Temporal by API key or client certificate, the worker alone', () => {
    const cloud = podOf(part('cloud', 'Deployment titrate-worker')).containers[0]!.env;
    expect(cloud).toContainEqual({
      name: 'TITRATE_TEMPORAL_API_KEY',
      valueFrom: { secretKeyRef: { name: 'titrate-temporal', key: 'api-key' } },
    });
    expect(environmentOf(part('air-gapped', 'Deployment titrate-worker'))).toMatchObject({
      TITRATE_TEMPORAL_NAMESPACE: 'research',
      TITRATE_TEMPORAL_TLS_CA: '/etc/titrate-temporal/ca.pem',
      TITRATE_TEMPORAL_TLS_CERTIFICATE: '/etc/titrate-temporal/client.pem',
      TITRATE_TEMPORAL_TLS_KEY: '/etc/titrate-temporal/client-key.pem',
    });
    for (const shape of shapes) {
      const names = Object.keys(environmentOf(part(shape, 'Deployment titrate-api'))).filter((name) => name.startsWith('TITRATE_TEMPORAL'));
      expect(names).toEqual(['TITRATE_TEMPORAL_ADDRESS']);
    }
  });

  it('hands rules and dashboards over as they were made', () => {
    const rule = find(rendered.cloud, 'PrometheusRule', 'titrate');
    expect(rule['spec']).toEqual(JSON.parse(JSON.stringify(ruleGroups())));
    for (const dashboard of dashboards()) {
      const { data } = find(rendered.cloud, 'ConfigMap', `${dashboard.uid}-dashboard`) as Manifest & { data: Record<string, string> };
      expect(JSON.parse(data[`${dashboard.uid}.json`] ?? '')).toEqual(JSON.parse(JSON.stringify(dashboard)));
    }
    for (const shape of ['kind', 'air-gapped'] as const) expect(kinds(rendered[shape])).not.toContain('PrometheusRule');
  });

  it('lets nobody reach the metrics but whom it is told', () => {
    const { spec } = find(rendered.cloud, 'NetworkPolicy', 'titrate-metrics') as Manifest & { spec: { ingress: unknown } };
    const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }];
    expect(spec.ingress).toEqual([
      {
        ports: [
          { port: 'metrics', protocol: 'TCP' },
          { port: 'sdk-metrics', protocol: 'TCP' },
        ],
        from,
      },
    ]);
    expect(rendered.kind.map(({ metadata }) => metadata.name)).not.toContain('titrate-metrics');
    const named = (what: string) => podOf(part('cloud', what)).containers[0]!.ports.map(({ name }) => name);
    expect([named('Deployment titrate-api'), named('Deployment titrate-worker')]).toEqual([
      ['http', 'metrics'],
      ['metrics', 'sdk-metrics'],
    ]);
  });

  it('leaves to an administrator what only an administrator may make', () => {
    for (const kind of ['Namespace', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'Job'])
      expect(kinds(rendered['air-gapped'])).not.toContain(kind);
  });

  it('enforces the restricted pod security standard where jobs run, and leaves that namespace behind', () => {
    const { metadata } = find(rendered.cloud, 'Namespace', 'research-runs');
    expect(metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    expect(metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  });

  it('migrates before anything else of an installation or upgrade', () => {
    const hook = 'pre-install,pre-upgrade';
    const migration = find(rendered.kind, 'Job', 'titrate-migration');
    const secret = find(rendered.kind, 'Secret', 'titrate-trial');
    expect(migration.metadata.annotations).toMatchObject({ 'helm.sh/hook': hook, 'helm.sh/hook-weight': '0' });
    expect(secret.metadata.annotations).toMatchObject({ 'helm.sh/hook': hook, 'helm.sh/hook-weight': '-10' });
    expect(podOf(migration).serviceAccountName).toBeUndefined();
  });

  it('lets training pods reach DNS, the store and each other only', () => {
    const jobs = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'titrate-job', 'app.kubernetes.io/managed-by': 'titrate' } } };
    const { metadata, spec } = find(rendered['air-gapped'], 'NetworkPolicy', 'titrate-jobs') as Manifest & { spec: object };
    expect(metadata.namespace).toBe('titrate-runs');
    expect(spec).toEqual({
      ...jobs,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [jobs] }],
      egress: [
        { to: [jobs] },
        {
          to: [{ ipBlock: { cidr: '169.254.20.10/32' } }],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        { to: [{ ipBlock: { cidr: '10.20.30.0/24' } }], ports: [{ port: 9000, protocol: 'TCP' }] },
      ],
    });
  });

  it('answers to the names of its Service and Ingress', () => {
    expect(environmentOf(part('cloud', 'Deployment titrate-api'))['TITRATE_API_ALLOWED_HOSTS']).toBe(
      'titrate-api,titrate-api.titrate,titrate-api.titrate.svc,titrate-api.titrate.svc.cluster.local,titrate.example.com',
    );
  });

  it('makes the objects of Kueue where it is asked to', () => {
    expect(find(rendered.cloud, 'LocalQueue', 'titrate')).toMatchObject({
      metadata: { namespace: 'research-runs' },
      spec: { clusterQueue: 'titrate' },
    });
    const { resourceGroups } = find(rendered.cloud, 'ClusterQueue', 'titrate')['spec'] as {
      resourceGroups: { coveredResources: string[] }[];
    };
    expect(resourceGroups[0]!.coveredResources).toEqual(['cpu', 'ephemeral-storage', 'memory', 'nvidia.com/gpu']);
    expect(kinds(rendered.kind)).not.toContain('ClusterQueue');
  });
});

describe('the chart refuses', () => {
  const noToken = ['trial.enabled=false', 'postgres.urlSecret.name=p', 's3.credentialsSecret.name=s'];
  const ingress = ['ingress.enabled=true', 'ingress.host=titrate.example.com', 'ingress.tlsSecretName=tls'];
  it.each<[string, string[], string]>([
    [
      'an Ingress without a token',
      [...noToken, ...ingress],
      'Cannot put the API behind an Ingress as api.tokenSecret.name must name a Secret',
    ],
    ['a Service without a token', noToken, 'Cannot install Titrate as api.tokenSecret.name must name a Secret'],
    ['an Ingress without TLS', ['ingress.enabled=true', 'ingress.host=a.b'], 'the token would cross the network in clear'],
    ['an Ingress without a name', ['ingress.enabled=true', 'ingress.tlsSecretName=tls'], 'ingress.host must be its name'],
    [
      'no address of Temporal',
      ['temporal.address='],
      'Cannot install Titrate as temporal.address must be the frontend of Temporal as HOST:PORT',
    ],
    ['an address of Temporal that is a URL', ['temporal.address=http://temporal:7233'], "at '/temporal/address'"],
    ['no store', ['s3.endpoint='], 'Cannot install Titrate as s3.endpoint must be the URL of an S3 API'],
    ['an unknown key', ['temporal.adress=temporal:7233'], "at '/temporal': additional properties 'adress' not allowed"],
    ['an unknown key of a profile', ['jobs.profiles.cpu.gpus=8'], "at '/jobs/profiles/cpu': additional properties 'gpus' not allowed"],
    ['an unknown class of failure', ['jobs.failureRules.tired.retry=again'], "invalid propertyName 'tired'"],
    [
      'a profile that does not exist',
      ['jobs.assignment.corpus=big'],
      'Cannot assign corpus jobs as their profile must be one of cpu: current value is "big"',
    ],
    ['runs in the namespace of the control plane', ['runs.namespace=titrate'], 'runs.namespace must be another namespace'],
    [
      'network policies that do not say where the store is',
      ['networkPolicy.store.to=[]'],
      'Cannot write network policies as networkPolicy.store.to must name',
    ],
    ['workload identity without a role', ['runs.storeAccess.kind=workload-identity'], "'/runs/storeAccess'"],
    ['objects of Kueue without Kueue', ['kueue.objects.create=true'], 'kueue.enabled must be true'],
    ['a token that can be guessed', ['trial.apiToken=short'], 'trial.apiToken must have at least 16 characters: it has 5'],
    ['a trial without a secret', ['trial.s3SecretAccessKey='], 'trial.s3SecretAccessKey must be set'],
  ])('%s', async (_, sets, words) => {
    await expect(render('kind', ...sets)).rejects.toThrow(words);
  });

  it('nothing of what it carries values for: lint finds no fault', async () => {
    for (const shape of shapes) {
      const { code, stdout } = await helm('lint', chart, '--strict', '--values', `${chart}/ci/${shape}-values.yaml`);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('0 chart(s) failed') });
    }
  });
});
