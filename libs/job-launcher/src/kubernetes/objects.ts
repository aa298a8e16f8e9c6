/** As much of Kubernetes' objects as the launcher reads, as JSON has them: moments are RFC 3339 text. */

export interface ObjectMeta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  /** When it goes at the latest; asked for `deletionGracePeriodSeconds` before. */
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Job {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly suspend?: boolean; readonly completions: number };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly completedIndexes?: string;
  };
}

export interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt: string };
    readonly terminated?: Terminated;
  };
}

export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface Event {
  readonly metadata: ObjectMeta;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly uid?: string };
}

export interface Node {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** A job as the cluster has it. */
export interface JobView {
  readonly job: Job;
  readonly pods: readonly Pod[];
  /** Pods that are gone, as they were seen last: what ended them may be told nowhere else. */
  readonly vanished: readonly Pod[];
  /** Empty where nobody asked for them. */
  readonly events: readonly Event[];
}

/** The condition when it holds. */
export function holding(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

/** The condition that says that a job is over, when it is. */
export function finish({ status }: Job): Condition | undefined {
  return holding(status?.conditions, 'Complete') ?? holding(status?.conditions, 'Failed');
}

/** How the one container of a pod ended; nothing while it has not, or where it never began. */
export function termination({ status }: Pod): Terminated | undefined {
  return status?.containerStatuses?.[0]?.state?.terminated;
}

/** When the pod's container started, in this life of the pod. */
export function startOf({ status }: Pod): string | undefined {
  const state = status?.containerStatuses?.[0]?.state;
  return state?.running?.startedAt ?? state?.terminated?.startedAt;
}
