import { z } from 'zod';
import { Count, PositiveCount } from './primitives.ts';

/** An amount of a resource as Kubernetes writes it: `500m`, `64Gi`, `8`. */
export const Quantity = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, 'must be a Kubernetes quantity such as "500m", "8" or "64Gi"');
export type Quantity = z.infer<typeof Quantity>;

const Toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(['Exists', 'Equal']).optional(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: Count.optional(),
});

/**
 * How the ranks of a training share their work. It changes speed and memory, never what is trained: nothing of it is in a
 * run's identity, and what was used is recorded with each start. Rows are dealt to ranks so that the order of tokens stays.
 */
export const Execution = z.strictObject({
  dataParallel: z.enum(['auto', 'fsdp', 'hsdp']).default('auto').meta({
    description:
      'fsdp: one replica over all ranks; hsdp: several replicas, each over some ranks; auto: a replica a node where there are several nodes of several ranks',
  }),
  shardRanks: PositiveCount.nullable()
    .default(null)
    .meta({ description: 'ranks that share one replica of hsdp; null for those of a node' }),
  tensorParallel: z.int().min(1).max(64).default(1).meta({ description: 'ranks that compute one row together' }),
  microbatchTokens: PositiveCount.default(16_384).meta({
    description: 'most tokens that a rank passes through the model at a time; more are accumulated. A row is never split',
  }),
  activationCheckpointing: z.enum(['none', 'full']).default('none').meta({
    description: 'full: keeps the input of each block only and computes the rest again on the way back',
  }),
  compile: z
    .boolean()
    .default(false)
    .meta({ description: 'torch.compile of the blocks; needs GPUs, and a C compiler beside the trainer, as its image has' }),
});
export type Execution = z.infer<typeof Execution>;
export type ExecutionInput = z.input<typeof Execution>;

/**
 * What a job needs: how many ranks on how many nodes, and what each node gives. An operator writes one per model size.
 * The local launcher reads the ranks and their threads only.
 */
export const JobProfile = z.strictObject({
  nodes: z.int().min(1).max(1024).default(1).meta({ description: 'pods of the job, each with the resources below' }),
  onePodPerNode: z
    .boolean()
    .default(true)
    .meta({ description: 'keeps the pods of a job on different nodes; false lets several share one, for trials without GPUs' }),
  processesPerNode: z.int().min(1).max(64).default(1).meta({ description: 'ranks in a pod, one for each GPU' }),
  threadsPerProcess: z.int().min(1).max(1024).default(1).meta({ description: 'processor threads of a rank' }),
  gpusPerNode: z.int().min(0).max(64).default(0).meta({ description: 'GPUs of a pod' }),
  gpuMemory: Quantity.nullable().default(null).meta({
    description: 'memory of one GPU, as in 80Gi: a plan refuses sizes that do not fit; null takes what the nodes say of themselves',
  }),
  gpuResource: z.string().default('nvidia.com/gpu').meta({ description: 'name of the GPU as a resource of the node' }),
  cpu: Quantity.default('1').meta({ description: 'processors of a pod, requested and at most' }),
  memory: Quantity.default('4Gi').meta({ description: 'memory of a pod, requested and at most, shared memory included' }),
  sharedMemory: Quantity.default('1Gi').meta({ description: 'size of /dev/shm' }),
  scratch: Quantity.default('10Gi').meta({ description: 'disk for the cached corpus and for work in progress' }),
  nodeSelector: z.record(z.string(), z.string()).default({}),
  tolerations: z.array(Toleration).default([]),
  affinity: z.record(z.string(), z.unknown()).nullable().default(null).meta({ description: 'a Kubernetes affinity, passed on as it is' }),
  topologyKey: z
    .string()
    .nullable()
    .default(null)
    .meta({ description: 'node label: all pods of a job go where its value is the same, such as a rack' }),
  priorityClassName: z.string().nullable().default(null),
  runtimeClassName: z.string().nullable().default(null),
  environment: z.record(z.string(), z.string()).default({}).meta({ description: 'variables for the ranks, such as those of NCCL' }),
  execution: Execution.prefault({}).meta({ description: 'how the ranks of a training share their work' }),
  startSeconds: PositiveCount.default(600).meta({ description: 'grace for start-up and compilation before a job can count as hung' }),
  saveSeconds: PositiveCount.default(1800).meta({
    description: 'longest time that a save may hold a training up: its slowest step, as a checkpoint is large and the store far',
  }),
  schedulingSeconds: PositiveCount.nullable().default(null).meta({
    description: 'a job that no node takes for so long fails as unschedulable; null waits for ever',
  }),
  imageSeconds: PositiveCount.default(300).meta({ description: 'a job whose image cannot be pulled for so long fails' }),
  deadlineSeconds: PositiveCount.nullable().default(null).meta({ description: 'longest life of one attempt; null for no limit' }),
  graceSeconds: z.int().min(1).max(600).default(30).meta({ description: 'time between SIGTERM and SIGKILL' }),
});
export type JobProfile = z.infer<typeof JobProfile>;
export type JobProfileInput = z.input<typeof JobProfile>;
