/** The request can never work here: its name is not one, or it needs more than there is. Trying again does not help. */
export class JobRefused extends Error {
  readonly code = 'JOB_REFUSED';
  override readonly name = 'JobRefused';
}

/** The job could not be made to exist, for a reason that may pass: a full disk, a supervisor that does not start. */
export class JobNotLaunched extends Error {
  readonly code = 'JOB_NOT_LAUNCHED';
  override readonly name = 'JobNotLaunched';
}

/** The cluster cannot be asked: nothing answers, or it has no time for us. That may pass. */
export class ClusterUnreachable extends Error {
  readonly code = 'CLUSTER_UNREACHABLE';
  override readonly name = 'ClusterUnreachable';
}

/** The cluster says no for a reason that its operator must mend: a right, a namespace, credentials that are missing. */
export class ClusterRefused extends Error {
  readonly code = 'CLUSTER_REFUSED';
  override readonly name = 'ClusterRefused';
}
