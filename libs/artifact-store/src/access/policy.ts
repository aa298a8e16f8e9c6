import { ScopeRefused, type JobScope } from './scope.ts';

/** One permission of a policy. */
export interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: { readonly StringLike: { readonly 's3:prefix': readonly string[] } };
}

/** A policy in the language that AWS and most S3 stores share. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** What AWS and SeaweedFS take as a session policy, and AWS as the inline policies of a user, in characters. */
export const policyLimit = 2048;

/**
 * The policy that opens a scope and nothing else. Deleting is in no policy: nothing of a job is removed by the job.
 * An analysis of many runs does not fit into one policy; it may then read the evaluations of every run, and nothing more.
 *
 * @throws ScopeRefused when the policy is too long for any store.
 */
export function policyOf(scope: JobScope, partition = 'aws'): PolicyDocument {
  const fitting = [scope, widened(scope)].map((one) => write(one, partition)).find((policy) => sizeOf(policy) <= policyLimit);
  if (fitting !== undefined) return fitting;
  const size = sizeOf(write(widened(scope), partition));
  throw new ScopeRefused(
    `Cannot let ${scope.name} into the store as its policy must have ${policyLimit} characters at most: it has ${size}`,
  );
}

const sizeOf = (policy: PolicyDocument): number => JSON.stringify(policy).length;

function widened(scope: JobScope): JobScope {
  const read = scope.read.map((key) => key.replace(/^runs\/[^/]+\/evaluations\/$/, 'runs/*/evaluations/'));
  return { ...scope, read: [...new Set(read)] };
}

/** `s3:PutObject` starts and completes multipart uploads as well. Parts are never listed by the trainer, and SeaweedFS refuses users that action. */
function write({ bucket, read, create, elsewhere }: JobScope, partition: string): PolicyDocument {
  const arn = `arn:${partition}:s3:::${bucket}`;
  const objects = (keys: readonly string[]): string[] => keys.map((key) => `${arn}/${pattern(key)}`);
  const listed = read.filter((key) => key.endsWith('/')).map(pattern);
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: objects(read) },
      { Effect: 'Allow', Action: ['s3:PutObject', 's3:AbortMultipartUpload'], Resource: objects(create) },
      { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [arn], Condition: { StringLike: { 's3:prefix': listed } } },
      ...(elsewhere ? readElsewhere(elsewhere, partition) : []),
    ],
  };
}

function readElsewhere({ bucket, read }: NonNullable<JobScope['elsewhere']>, partition: string): PolicyStatement[] {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return [
    { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${arn}/${pattern(read)}`] },
    { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [arn], Condition: { StringLike: { 's3:prefix': [pattern(read)] } } },
  ];
}

const pattern = (key: string): string => (key.endsWith('/') ? `${key}*` : key);
