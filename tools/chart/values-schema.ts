import { JobConfiguration, Name } from '@titrate/contracts';
import { z } from 'zod';

/**
 * What the chart takes as values. How jobs run is the contract of libs/contracts itself, so that the chart and the control
 * plane cannot disagree; an unknown key is refused everywhere.
 */

/** What Kubernetes defines: checked by its API server, not here. */
const anything = z.record(z.string(), z.unknown());
const Peer = z.strictObject({ ipBlock: anything.optional(), namespaceSelector: anything.optional(), podSelector: anything.optional() });

const SecretKey = z.strictObject({ name: z.string(), key: z.string().min(1) });
const Image = z.strictObject({
  repository: z.string().min(1),
  tag: z.string(),
  digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
});
const Port = z.int().min(1).max(65_535);
const Url = z.string().regex(/^(https?:\/\/[^\s]+)?$/);

const Temporal = z.strictObject({
  address: z.string().regex(/^([^\s/]+:[0-9]+)?$/),
  namespace: z.string().min(1),
  apiKeySecret: SecretKey,
  tls: z.strictObject({
    enabled: z.boolean(),
    serverName: z.string(),
    caSecret: SecretKey,
    clientSecret: z.strictObject({ name: z.string(), certificateKey: z.string().min(1), privateKeyKey: z.string().min(1) }),
  }),
});

const placed = {
  replicas: z.int().min(1).max(100),
  podAnnotations: z.record(z.string(), z.string()),
  resources: z.strictObject({ requests: anything.optional(), limits: anything.optional() }),
  nodeSelector: z.record(z.string(), z.string()),
  tolerations: z.array(anything),
  affinity: anything,
  extraEnvironment: z.array(z.strictObject({ name: z.string().min(1), value: z.string().optional(), valueFrom: anything.optional() })),
};

const Api = z.strictObject({
  ...placed,
  tokenSecret: SecretKey,
  port: Port,
  allowedHosts: z.array(z.string().regex(/^[^\s,]+$/)),
  actor: z.string().min(1),
  usdPerGpuHour: z.number().min(0),
  uploadLimitBytes: z.int().min(1),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
});

const { launcher, profiles, assignment, failureRules, maxInterruptions, pollSeconds } = JobConfiguration.shape;
const kubernetes = launcher.unwrap().options[1].shape;

const CaBundle = z.strictObject({ configMapName: z.string(), key: z.string().min(1) });

const Runs = z.strictObject({
  namespace: Name,
  createNamespace: z.boolean(),
  serviceAccount: z.strictObject({ create: z.boolean(), name: Name, annotations: z.record(z.string(), z.string()) }),
  image: Image,
  imagePullSecrets: z.array(z.string()),
  caBundle: CaBundle,
  storeAccess: kubernetes.storeAccess.unwrap(),
});

const Jobs = z.strictObject({
  profiles: profiles.unwrap(),
  assignment: assignment.unwrap(),
  failureRules: failureRules.unwrap(),
  maxInterruptions: maxInterruptions.unwrap(),
  pollSeconds: pollSeconds.unwrap(),
});

const Kueue = z.strictObject({
  enabled: z.boolean(),
  queueName: Name,
  priorityClass: z.string(),
  objects: z.strictObject({
    create: z.boolean(),
    apiVersion: z.string().regex(/^kueue\.x-k8s\.io\/v[0-9a-z]+$/),
    flavor: z.strictObject({
      name: Name,
      nodeLabels: z.record(z.string(), z.string()),
      nodeTaints: z.array(anything),
      tolerations: z.array(anything),
    }),
    clusterQueue: z.strictObject({
      name: Name,
      quota: z.record(z.string(), z.union([z.string(), z.number()])),
      withinClusterQueue: z.enum(['Never', 'LowerPriority', 'LowerOrNewerEqualPriority']),
    }),
    priorityValue: z.int(),
  }),
});

const NetworkPolicy = z.strictObject({
  enabled: z.boolean(),
  apiFrom: z.array(Peer),
  metricsFrom: z.array(Peer),
  controlPlaneEgress: z.array(anything),
  dns: z.array(Peer),
  store: z.strictObject({ to: z.array(Peer), ports: z.array(Port).min(1) }),
});

const Interval = z.string().regex(/^[1-9][0-9]*(s|m)$/);

const Monitoring = z.strictObject({
  podMonitor: z.strictObject({ enabled: z.boolean(), interval: Interval, labels: z.record(z.string(), z.string()) }),
  rules: z.strictObject({ enabled: z.boolean(), labels: z.record(z.string(), z.string()) }),
  dashboards: z.strictObject({
    enabled: z.boolean(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
  }),
});

/** All values of the chart, in full: what a person leaves out is in values.yaml. */
export const ChartValues = z.strictObject({
  imageRegistry: z.string(),
  image: Image,
  imagePullSecrets: z.array(z.string()),
  caBundle: CaBundle,
  team: Name,
  postgres: z.strictObject({ urlSecret: SecretKey }),
  temporal: Temporal,
  s3: z.strictObject({
    endpoint: Url,
    endpointForJobs: Url,
    region: z.string().min(1),
    bucket: z.string().min(3).max(63),
    credentialsSecret: z.strictObject({ name: z.string(), accessKeyIdKey: z.string().min(1), secretAccessKeyKey: z.string().min(1) }),
  }),
  api: Api,
  worker: z.strictObject(placed),
  migrations: z.strictObject({ enabled: z.boolean(), deadlineSeconds: z.int().min(1) }),
  runs: Runs,
  jobs: Jobs,
  kueue: Kueue,
  rbac: z.strictObject({ create: z.boolean(), listNodes: z.boolean() }),
  podDisruptionBudget: z.strictObject({ enabled: z.boolean() }),
  networkPolicy: NetworkPolicy,
  monitoring: Monitoring,
  ingress: z.strictObject({
    enabled: z.boolean(),
    className: z.string(),
    annotations: z.record(z.string(), z.string()),
    host: z.string(),
    tlsSecretName: z.string(),
    tlsEndsElsewhere: z.boolean(),
  }),
  trial: z.strictObject({
    enabled: z.boolean(),
    apiToken: z.string(),
    postgresUrl: z.string(),
    s3AccessKeyId: z.string(),
    s3SecretAccessKey: z.string(),
  }),
});
