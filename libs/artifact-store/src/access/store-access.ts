import { inspect } from 'node:util';
import type { JobDocument } from '@titrate/contracts';
import type { JobScope } from './scope.ts';

/** Where a job's Secret is mounted, and the file of it that the trainer reads its credentials from. */
export const credentialsFile = { name: 'credentials.json', path: '/titrate/job/credentials.json' } as const;

/** `credentials.json`. The trainer reads it again before `expiresAt`, as it is renewed while the job runs. */
export interface JobCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  readonly expiresAt: string | null;
}

/** A token of the pod's service account that Kubernetes writes into a file and renews: a `serviceAccountToken` projection. */
export interface ProjectedToken {
  readonly audience: string;
  /** Folder to mount the projected volume at. */
  readonly mountPath: string;
  /** File within it. */
  readonly path: string;
  readonly expirationSeconds: number;
}

/** What a job gets into the store with. `secretData` is left out when a grant is printed, spread or written as JSON. */
export interface Grant {
  /** Plain variables of the pod; no secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files of the job's Secret, by name. */
  readonly secretData: Readonly<Record<string, string>>;
  /** When the credentials end; null for those that last until they are revoked, or renew themselves. */
  readonly expiresAt: string | null;
  /** From when on `renew` should be called; null where nothing needs to be renewed. */
  readonly renewAt: string | null;
  /** To mount into the pod; null where none is needed. */
  readonly projectedToken: ProjectedToken | null;
  /** What was granted: no secret, to be kept beside the job for `renew`. */
  readonly scope: JobScope;
}

/**
 * Lets each job into its own part of the store and nowhere else. What a job may do is `scopeOf(document)`; nothing that a
 * job gets can delete. Adapters hold no state: a control plane that starts again goes on.
 */
export interface StoreAccess {
  /** Access for a job. Again for the same job: what was granted last stays good for its time. @throws ScopeRefused, StoreAccessFailed */
  grant(document: JobDocument): Promise<Grant>;
  /** The same for a job of which only the scope is known. @throws ScopeRefused, StoreAccessFailed */
  renew(scope: JobScope): Promise<Grant>;
  /** Ends a job's access where the store can end it; sessions run out by themselves. A job without access is no error. @throws StoreAccessFailed */
  revoke(jobName: string): Promise<void>;
  /** Ends the access of jobs that are gone, whoever forgot to; returns how many. May take a minute: `liveJobs` is asked twice. */
  sweep(liveJobs: () => Promise<Iterable<string>>): Promise<number>;
}

/** The store did not grant, renew or revoke. The message has the store's words and no credentials; there is no cause, as a cause could have. */
export class StoreAccessFailed extends Error {
  readonly code = 'STORE_ACCESS_FAILED';
  override readonly name = 'StoreAccessFailed';
  /** Code of the store's answer, such as `AccessDenied`; the name of the error where it did not answer. */
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.reason = reason;
  }
}

/** A grant whose secret part does not show in logs: it is not enumerable. */
export function newGrant(grant: Grant): Grant {
  const { secretData, ...shown } = grant;
  const made = Object.defineProperty(shown, 'secretData', { value: Object.freeze(secretData), enumerable: false });
  return Object.freeze(Object.defineProperty(made, inspect.custom, { value: () => shown, enumerable: false })) as Grant;
}
