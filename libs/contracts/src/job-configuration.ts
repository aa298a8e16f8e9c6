import { z } from 'zod';
import { JobProfile } from './job-profile.ts';
import { Name, PositiveCount } from './primitives.ts';
import { FailureClass } from './states.ts';

/** Whether a job that failed in one way is started again. */
export const FailureRule = z.strictObject({
  retry: z
    .enum(['again', 'elsewhere', 'never'])
    .meta({ description: 'again: anywhere; elsewhere: not on the node that failed; never: the run fails at once' }),
  counts: z.boolean().meta({
    description: "whether it counts against the run's maxAttempts; what does not counts as an interruption, but stopped as neither",
  }),
  backOffSeconds: z.number().min(0).max(3600).meta({ description: 'pause after the first failure; it doubles with each one' }),
  backOffLimitSeconds: z.number().min(0).max(86_400).meta({ description: 'longest pause' }),
});
export type FailureRule = z.infer<typeof FailureRule>;

const rule = (retry: FailureRule['retry'], counts: boolean, backOffSeconds = 2): FailureRule => ({
  retry,
  counts,
  backOffSeconds,
  backOffLimitSeconds: 300,
});

/** What happens after each failure unless the configuration says otherwise. */
export const defaultFailureRules: Readonly<Record<FailureClass, FailureRule>> = {
  failed: rule('again', true),
  'bad-input': rule('never', true),
  'loss-not-finite': rule('elsewhere', true),
  fenced: rule('again', true),
  'out-of-memory': rule('again', true),
  killed: rule('again', true),
  hung: rule('elsewhere', true),
  lost: rule('again', true),
  stopped: rule('again', false, 0),
  evicted: rule('again', false, 10),
  preempted: rule('again', false, 10),
  'node-lost': rule('elsewhere', false),
  'image-unavailable': rule('again', true, 60),
  unschedulable: rule('never', true),
  deadline: rule('again', true),
  deleted: rule('again', true, 10),
  deactivated: rule('never', true),
};

/** A profile for models up to a size; of several the first that fits. */
const ProfileBySize = z.strictObject({
  upToParameters: PositiveCount.nullable().default(null).meta({ description: 'with embeddings; null for any size' }),
  profile: Name,
});

/** Jobs as processes of the control plane's own machine. */
const LocalLauncher = z.strictObject({ kind: z.literal('local') });

/** Jobs as Kubernetes Jobs of one namespace. */
const KubernetesLauncher = z.strictObject({
  kind: z.literal('kubernetes'),
  namespace: Name.meta({ description: 'where jobs run; it exists already' }),
  context: z
    .string()
    .nullable()
    .default(null)
    .meta({ description: 'context of the kubeconfig; null for the current one, or the pod itself' }),
  image: z.string().min(1).meta({ description: "the trainer's image, by digest where it is pulled" }),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent'),
  imagePullSecrets: z.array(z.string()).default([]),
  serviceAccountName: z.string().default('titrate-trainer').meta({ description: 'of the pods; it needs no rights at all' }),
  storeEndpoint: z.url().nullable().default(null).meta({ description: 'S3 endpoint as pods reach it; null for that of the control plane' }),
  caBundle: z
    .strictObject({ configMapName: Name.meta({ description: 'in the namespace of the jobs' }), key: z.string().min(1).default('ca.crt') })
    .nullable()
    .default(null)
    .meta({
      description:
        'ConfigMap with the certificate authorities that vouch for the store, where public ones do not; pods trust these instead',
    }),
  queue: z
    .strictObject({
      name: z.string().min(1).meta({ description: 'LocalQueue of Kueue' }),
      priorityClass: z.string().nullable().default(null).meta({ description: 'WorkloadPriorityClass of Kueue' }),
    })
    .nullable()
    .default(null)
    .meta({ description: 'jobs are created suspended and admitted by Kueue; null without Kueue' }),
  storeAccess: z
    .discriminatedUnion('kind', [
      z
        .strictObject({
          kind: z.literal('session'),
          roleArn: z
            .string()
            .default('arn:aws:iam::000000000000:role/titrate-job')
            .meta({ description: 'role that may do what any job may do; it trusts the control plane alone' }),
          durationSeconds: z
            .int()
            .min(900)
            .max(43_200)
            .default(43_200)
            .meta({ description: 'life of a session, renewed at half; the role must allow it' }),
          stsEndpoint: z.url().nullable().default(null).meta({ description: "null for AWS's own, or that of the store" }),
        })
        .meta({ description: 'STS sessions with a policy for the prefixes of the job' }),
      z
        .strictObject({
          kind: z.literal('keys'),
          iamEndpoint: z.url().nullable().default(null).meta({ description: "null for AWS's own, or that of the store" }),
        })
        .meta({ description: 'a key of its own for each job, made by the IAM API of the store' }),
      z
        .strictObject({
          kind: z.literal('workload-identity'),
          roleArn: z.string(),
          audience: z.string().default('sts.amazonaws.com'),
          stsEndpoint: z.url().nullable().default(null).meta({ description: "as pods reach it; null for AWS's own, or that of the store" }),
        })
        .meta({ description: "a projected token of the pod's service account; the store's role decides what it opens" }),
    ])
    .prefault({ kind: 'session' })
    .meta({ description: 'how a job gets into the store, and into its own prefixes only' }),
});
export type KubernetesLauncher = z.infer<typeof KubernetesLauncher>;

/** How a control plane runs jobs: written by operators, read by the API and the worker when they start. */
export const JobConfiguration = z
  .strictObject({
    version: z.literal(1),
    launcher: z.discriminatedUnion('kind', [LocalLauncher, KubernetesLauncher]).default({ kind: 'local' }),
    profiles: z.record(Name, JobProfile).default({ cpu: JobProfile.parse({}) }),
    assignment: z
      .strictObject({
        train: z.array(ProfileBySize).min(1),
        evaluate: z.array(ProfileBySize).min(1),
        corpus: Name.meta({ description: 'of registrations: corpora and bases' }),
        analyse: Name,
      })
      .default({
        train: [{ upToParameters: null, profile: 'cpu' }],
        evaluate: [{ upToParameters: null, profile: 'cpu' }],
        corpus: 'cpu',
        analyse: 'cpu',
      })
      .meta({ description: 'the profile of each kind of job, by size of the model where that matters' }),
    failureRules: z.partialRecord(FailureClass, FailureRule).default({}).meta({ description: 'replaces the default rule of a class' }),
    maxInterruptions: PositiveCount.default(100).meta({ description: 'failures of one run that do not count as attempts, at most' }),
    pollSeconds: z.number().min(0.1).max(60).default(0.5).meta({ description: 'how often a watch looks at its job and log' }),
  })
  .superRefine(({ profiles, assignment }, context) => {
    const named = [
      ...assignment.train.map(({ profile }, index) => ['train', index, profile] as const),
      ...assignment.evaluate.map(({ profile }, index) => ['evaluate', index, profile] as const),
      ['corpus', null, assignment.corpus] as const,
      ['analyse', null, assignment.analyse] as const,
    ];
    for (const [kind, index, profile] of named) {
      if (Object.hasOwn(profiles, profile)) continue;
      const path = ['assignment', kind, ...(index === null ? [] : [index, 'profile'])];
      context.addIssue({
        code: 'custom',
        path,
        message: `must be one of the profiles ${Object.keys(profiles).join(', ')}: it is "${profile}"`,
      });
    }
  });
export type JobConfiguration = z.infer<typeof JobConfiguration>;
export type JobConfigurationInput = z.input<typeof JobConfiguration>;
