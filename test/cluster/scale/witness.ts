import { BatchV1Api, CoreV1Api, makeInformer, type KubeConfig, type V1Job, type V1Pod } from '@kubernetes/client-node';

/** One Job that was seen, with the moments in milliseconds since 1970, on this machine's clock. */
export interface SeenJob {
  readonly name: string;
  /** `train`, `evaluate`, `corpus` or `analyse`. */
  readonly kind: string;
  /** The run that it works for; null where it works for none. */
  readonly run: string | null;
  readonly seenAt: number;
  /** When its first pod ran; null while none has. */
  runningAt: number | null;
}

/** Watches every Job and pod of a namespace, from before the first to after the last. */
export interface Witness {
  /** By uid: a Job that was deleted and made again is two. */
  readonly jobs: ReadonlyMap<string, SeenJob>;
  /** Times that a watch broke off; what happened in between may have been missed. */
  interruptions(): number;
  stop(): Promise<void>;
}

export async function startWitness(kubeConfig: KubeConfig, namespace: string): Promise<Witness> {
  const [batch, core] = [kubeConfig.makeApiClient(BatchV1Api), kubeConfig.makeApiClient(CoreV1Api)];
  const jobs = new Map<string, SeenJob>();
  const jobWatch = makeInformer<V1Job>(kubeConfig, `/apis/batch/v1/namespaces/${namespace}/jobs`, () =>
    batch.listNamespacedJob({ namespace }),
  );
  const podWatch = makeInformer<V1Pod>(kubeConfig, `/api/v1/namespaces/${namespace}/pods`, () => core.listNamespacedPod({ namespace }));

  jobWatch.on('add', ({ metadata }) => {
    if (metadata?.uid === undefined || jobs.has(metadata.uid)) return;
    const kind = metadata.labels?.['titrate.dev/kind'] ?? 'unknown';
    const run = metadata.annotations?.['titrate.dev/run'] ?? null;
    jobs.set(metadata.uid, { name: metadata.name ?? '', kind, run, seenAt: Date.now(), runningAt: null });
  });
  podWatch.on('update', ({ metadata, status }) => {
    const job = jobs.get(metadata?.ownerReferences?.[0]?.uid ?? '');
    if (job !== undefined && status?.phase === 'Running') job.runningAt ??= Date.now();
  });
  let interruptions = 0;
  let isOver = false;
  for (const watch of [jobWatch, podWatch])
    watch.on('error', () => {
      // A watch that is stopped tells that it was broken off.
      if (isOver) return;
      interruptions++;
      setTimeout(() => void watch.start(), 200);
    });
  await Promise.all([jobWatch.start(), podWatch.start()]);
  return {
    jobs,
    interruptions: () => interruptions,
    async stop() {
      isOver = true;
      await Promise.all([jobWatch.stop(), podWatch.stop()]);
    },
  };
}
