/** What one node can give to pods. */
export interface NodeCapacity {
  /** GPUs and other devices, by resource name such as `nvidia.com/gpu`. */
  readonly gpus: Readonly<Record<string, number>>;
  /** Processors. */
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a cluster can give, as far as its nodes are known: those that take pods. A node that an autoscaler could add is not among them. */
export interface ClusterCapacity {
  readonly nodes: readonly NodeCapacity[];
}
