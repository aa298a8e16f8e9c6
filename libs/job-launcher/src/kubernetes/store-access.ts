import type { JobDocument } from '@titrate/contracts';

/** What a job may reach in the store. No secret: it is kept on the Job, so that access can be renewed by whoever looks at it later. */
export interface StoreScope {
  readonly name: string;
  readonly bucket: string;
  readonly read: readonly string[];
  readonly create: readonly string[];
}

/** What a pod gets so that it reaches its own objects. */
export interface StoreGrant {
  /** Plain variables of the pod; never a secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files of the job's Secret, which pods find in `jobFolder`. */
  readonly secretData: Readonly<Record<string, string>>;
  /** From when on access should be renewed, RFC 3339; null where it never must. */
  readonly renewAt: string | null;
  /** A token of the pod's service account to mount; null where none is needed. */
  readonly projectedToken: {
    readonly audience: string;
    readonly mountPath: string;
    readonly path: string;
    readonly expirationSeconds: number;
  } | null;
  readonly scope: StoreScope;
}

/** Opens the artifact store for jobs, and for each its own part only: as much of the port in `@titrate/artifact-store` as launching needs. */
export interface StoreAccess {
  /** Access for a job. Granting again leaves what was granted last good for its time. */
  grant(document: JobDocument): Promise<StoreGrant>;
  /** The same for a job of which only the scope is known. */
  renew(scope: StoreScope): Promise<StoreGrant>;
  /** Ends a job's access where the store can end it; a job that has none is no error. */
  revoke(jobName: string): Promise<void>;
}
