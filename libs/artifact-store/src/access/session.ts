import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { policyOf } from './policy.ts';
import { scopeOf, type JobScope } from './scope.ts';
import { asked, clientSettings, type ControlPlaneAccess } from './service.ts';
import { newGrant, StoreAccessFailed, type Grant, type StoreAccess } from './store-access.ts';
import { podEnvironment, secretOf, type PodView } from './pod.ts';

/** Sessions of one role, each narrowed by a policy of its own. */
export interface SessionAccessOptions extends ControlPlaneAccess {
  /** May do what any job may do; a session can only do less. It trusts the control plane's own identity and nobody else. */
  readonly roleArn: string;
  /** Life of a session; at most what the role allows, and one hour where the control plane's own credentials are a role's. */
  readonly durationSeconds: number;
  /** Where STS answers; null for AWS's own, or that of the store. */
  readonly stsEndpoint: string | null;
  readonly pod: PodView;
}

/** Access by STS `AssumeRole` with a session policy. Nothing is left behind: a session ends by itself, and cannot be ended before. */
export function createSessionAccess(options: SessionAccessOptions): StoreAccess {
  const client = new STSClient(clientSettings(options, 'sts', options.stsEndpoint));
  const renew = async (scope: JobScope): Promise<Grant> => {
    const policy = JSON.stringify(policyOf(scope, options.roleArn.split(':')[1]));
    return asked(`open a session for job ${scope.name}`, options, () => openSession(client, options, scope, policy));
  };
  return {
    grant: async (document) => renew(scopeOf(document)),
    renew,
    revoke: async () => undefined,
    sweep: async () => 0,
  };
}

async function openSession(client: STSClient, options: SessionAccessOptions, scope: JobScope, policy: string): Promise<Grant> {
  const { roleArn, durationSeconds, pod } = options;
  const began = Date.now();
  const { Credentials } = await client.send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName(scope.name),
      Policy: policy,
      DurationSeconds: durationSeconds,
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new StoreAccessFailed(
      `Cannot open a session for job ${scope.name} as the answer must hold credentials: parts are missing`,
      'IncompleteAnswer',
    );
  }
  const expiresAt = Expiration.toISOString();
  return newGrant({
    environment: podEnvironment(pod),
    secretData: secretOf({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiresAt }),
    expiresAt,
    renewAt: new Date((began + Expiration.getTime()) / 2).toISOString(),
    projectedToken: null,
    scope,
  });
}

/** A session's name has 2 to 64 characters and stands in the store's audit log. */
export const sessionName = (job: string): string => job.slice(0, 64).padEnd(2, '-');
