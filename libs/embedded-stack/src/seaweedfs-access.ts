import { createHash } from 'node:crypto';

/** The role whose sessions jobs get; the default of the configuration `storeAccess.roleArn`. */
export const seaweedJobRole = 'arn:aws:iam::000000000000:role/titrate-job';

/**
 * What SeaweedFS reads from `-s3.iam.config`: it issues sessions of one role (STS AssumeRole), which can read, create and list, never delete, and
 * are narrowed by a policy for each. The trust policy names the one identity of `-s3.config`: with a wildcard there,
 * a job could open itself a session without any policy. The signing key follows from the secret key, so sessions outlive a restart.
 */
export function seaweedAccess(identity: string, secretAccessKey: string): object {
  const jobs = {
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListBucket'],
    Resource: ['arn:aws:s3:::*'],
  };
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::000000000000:user/${identity}` }, Action: ['sts:AssumeRole'] };
  const policy = (statement: object) => ({ Version: '2012-10-17', Statement: [statement] });
  return {
    sts: {
      issuer: 'titrate',
      signingKey: createHash('sha256').update(`sts ${secretAccessKey}`).digest('base64'),
      tokenDuration: '1h',
      maxSessionLength: '12h',
    },
    policy: { defaultEffect: 'Deny', storeType: 'memory' },
    roles: [{ roleName: 'titrate-job', roleArn: seaweedJobRole, trustPolicy: policy(trust), attachedPolicies: ['titrate-job'] }],
    policies: [{ name: 'titrate-job', document: policy(jobs) }],
  };
}
