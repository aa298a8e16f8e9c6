/** Keeps pods off a node that do not tolerate it. */
export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  /** `PreferNoSchedule` keeps nobody off, and is not told. */
  readonly effect: 'NoSchedule' | 'NoExecute';
}

/** One node: what it can give to pods, and to which. */
export interface NodeCapacity {
  readonly name: string;
  /** GPUs and other devices, by resource name such as `nvidia.com/gpu`. */
  readonly gpus: Readonly<Record<string, number>>;
  /** Processors. */
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that stand; what Kubernetes sets for a while, as the node is cordoned or out of memory, is not among them. */
  readonly taints: readonly NodeTaint[];
  /** Why it takes no pods now, though it may again: the rest of a sentence, as in "is cordoned"; null when it takes some. */
  readonly away: string | null;
}

/** What a cluster can give, as far as its nodes are known. A node that an autoscaler could add is not among them. */
export interface ClusterCapacity {
  readonly nodes: readonly NodeCapacity[];
}
