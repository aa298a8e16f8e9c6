import { addressOf, type PodView } from './pod.ts';
import { scopeOf, type JobScope } from './scope.ts';
import { serviceEndpoint } from './service.ts';
import { sessionName } from './session.ts';
import { newGrant, type Grant, type ProjectedToken, type StoreAccess } from './store-access.ts';

/** A role that the store opens to the pods' service account. */
export interface WorkloadIdentityOptions {
  readonly roleArn: string;
  /** Who the token is for, as the store's identity provider is set up. */
  readonly audience: string;
  /** Where STS answers as pods reach it; null for AWS's own, or that of the store. */
  readonly stsEndpoint: string | null;
  readonly pod: PodView;
}

const token: Omit<ProjectedToken, 'audience'> = {
  mountPath: '/var/run/secrets/titrate/store',
  path: 'token',
  expirationSeconds: 3600,
};

/**
 * Access by a projected token of the pod's service account, which the AWS SDK trades for sessions by itself. No secret
 * exists, and nothing is renewed or revoked here. What the role opens is the operator's: it is the same for every job, so
 * it can keep jobs from deleting and out of other prefixes than Titrate's, but not out of each other's runs.
 */
export function createWorkloadIdentityAccess({ roleArn, audience, stsEndpoint, pod }: WorkloadIdentityOptions): StoreAccess {
  const grantTo = (scope: JobScope): Grant => {
    return newGrant({
      environment: {
        ...addressOf(pod),
        // Else the SDK would ask the store's endpoint for AWS's sessions.
        AWS_ENDPOINT_URL_STS: stsEndpoint ?? serviceEndpoint(pod, 'sts'),
        AWS_ROLE_ARN: roleArn,
        AWS_WEB_IDENTITY_TOKEN_FILE: `${token.mountPath}/${token.path}`,
        AWS_ROLE_SESSION_NAME: sessionName(scope.name),
      },
      secretData: {},
      expiresAt: null,
      renewAt: null,
      projectedToken: { ...token, audience },
      scope,
    });
  };
  return {
    grant: async (document) => grantTo(scopeOf(document)),
    renew: async (scope) => grantTo(scope),
    revoke: async () => undefined,
    sweep: async () => 0,
  };
}
