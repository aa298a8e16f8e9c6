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
