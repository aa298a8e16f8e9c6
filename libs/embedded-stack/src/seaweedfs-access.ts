import { createHash } from 'node:crypto';

/** The role whose sessions jobs get; the default of the configuration `storeAccess.roleArn`. */
export const seaweedJobRole = 'arn:aws:iam::000000000000:role/titrate-job';
/** The role that service accounts of a cluster may take, where `webIdentity` is given. */
export const seaweedPodRole = 'arn:aws:iam::000000000000:role/titrate-pod';

/** A cluster whose service accounts the store believes. */
export interface WebIdentity {
  /** `iss` of the tokens. */
  readonly issuer: string;
  /** Where the keys are that tokens are signed with. */
  readonly jwksUri: string;
  /** `aud` of the tokens. */
  readonly audience: string;
  /** `sub` of the tokens: `system:serviceaccount:NAMESPACE:NAME`. */
  readonly subject: string;
  /** File with the certificate authority of `jwksUri`; the system's where it is left out. */
  readonly caFile?: string;
}

const statement = (one: object) => ({ Version: '2012-10-17', Statement: [one] });

/**
 * What SeaweedFS reads from `-s3.iam.config`: it issues sessions of one role (STS AssumeRole), which can read, create and
 * list, never delete, and are narrowed by a policy for each. The trust policy names the one identity of `-s3.config`: with a
 * wildcard there, a job could open itself a session without any policy. The signing key follows from the secret key, so
 * that sessions outlive a restart.
 */
export function seaweedAccess(identity: string, secretAccessKey: string, webIdentity?: WebIdentity): object {
  const actions = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListBucket'];
  const principal = { AWS: `arn:aws:iam::000000000000:user/${identity}` };
  const trust = { Effect: 'Allow', Principal: principal, Action: ['sts:AssumeRole'] };
  const roles = [role('titrate-job', seaweedJobRole, trust)];
  return {
    sts: {
      issuer: 'titrate',
      signingKey: createHash('sha256').update(`sts ${secretAccessKey}`).digest('base64'),
      tokenDuration: '1h',
      maxSessionLength: '12h',
    },
    policy: { defaultEffect: 'Deny', storeType: 'memory' },
    ...(webIdentity === undefined ? { roles } : { roles: [...roles, podRole(webIdentity)], providers: [provider(webIdentity)] }),
    policies: [{ name: 'titrate-job', document: statement({ Effect: 'Allow', Action: actions, Resource: ['arn:aws:s3:::*'] }) }],
  };
}

const role = (roleName: string, roleArn: string, trust: object) => ({
  ...{ roleName, roleArn, trustPolicy: statement(trust) },
  attachedPolicies: ['titrate-job'],
});

/** SeaweedFS knows an issuer by the name of its provider. */
const providerName = 'cluster';

function podRole({ subject }: WebIdentity): object {
  return role('titrate-pod', seaweedPodRole, {
    Effect: 'Allow',
    Principal: { Federated: providerName },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: { StringEquals: { 'oidc:sub': subject } },
  });
}

function provider({ issuer, jwksUri, audience, caFile }: WebIdentity): object {
  const config = { issuer, jwksUri, clientId: audience, ...(caFile === undefined ? {} : { tlsCaCert: caFile }) };
  return { name: providerName, type: 'oidc', enabled: true, config };
}
