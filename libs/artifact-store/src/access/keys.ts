import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { podEnvironment, secretOf, type PodView } from './pod.ts';
import { policyOf } from './policy.ts';
import { scopeOf, type JobScope } from './scope.ts';
import { asked, clientSettings, nameOf, type ControlPlaneAccess } from './service.ts';
import { newGrant, StoreAccessFailed, type Grant, type StoreAccess } from './store-access.ts';

/** A user of the store for each job, made and removed through the store's IAM API. */
export interface KeysAccessOptions extends ControlPlaneAccess {
  /** Users carry a digest of its name: control planes that share an account do not remove each other's. */
  readonly bucket: string;
  /** Where IAM answers; null for AWS's own, or that of the store. */
  readonly iamEndpoint: string | null;
  readonly pod: PodView;
  /** How long a sweep waits before it believes that a user has no job; a minute by default. */
  readonly sweepPauseMs?: number;
}

const policyName = 'titrate-job';
/** Where AWS files the users, so that an operator can let the control plane manage these alone. Other stores ignore it. */
const userPath = '/titrate/';
const userNameLimit = 64;

/** Access by a user of its own for each job, for stores with an IAM API and without sessions. Its key lasts until the job is forgotten. */
export function createKeysAccess(options: KeysAccessOptions): StoreAccess {
  const client = new IAMClient(clientSettings(options, 'iam', options.iamEndpoint));
  const renew = async (scope: JobScope): Promise<Grant> => {
    const policy = JSON.stringify(policyOf(scope));
    return asked(`make a key for job ${scope.name}`, options, () => makeKey(client, options, scope, policy));
  };
  return {
    grant: async (document) => renew(scopeOf(document)),
    renew,
    revoke: (job) => asked(`take the key of job ${job} back`, options, () => removeUser(client, userName(options.bucket, job))),
    sweep: (liveJobs) => sweep(client, options, liveJobs),
  };
}

/** The policy stands before the key exists. The key of an earlier grant stays, as a pod may have it; any older one goes. */
async function makeKey(client: IAMClient, { bucket, pod }: KeysAccessOptions, scope: JobScope, policy: string): Promise<Grant> {
  const UserName = userName(bucket, scope.name);
  await unless('EntityAlreadyExists', client.send(new CreateUserCommand({ UserName, Path: userPath })));
  await client.send(new PutUserPolicyCommand({ UserName, PolicyName: policyName, PolicyDocument: policy }));
  await removeKeys(client, UserName, 1);
  const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
  if (!accessKeyId || !secretAccessKey) {
    throw new StoreAccessFailed(
      `Cannot make a key for job ${scope.name} as the answer must hold one: parts are missing`,
      'IncompleteAnswer',
    );
  }
  const secretData = secretOf({ accessKeyId, secretAccessKey, sessionToken: null, expiresAt: null });
  return newGrant({ environment: podEnvironment(pod), secretData, expiresAt: null, renewAt: null, projectedToken: null, scope });
}

/** Stores list keys with the oldest first where they do not tell when each was made. */
async function removeKeys(client: IAMClient, UserName: string, keep: number): Promise<void> {
  const { AccessKeyMetadata: found = [] } = await client.send(new ListAccessKeysCommand({ UserName }));
  const byAge = found.toSorted((a, b) => (a.CreateDate?.getTime() ?? 0) - (b.CreateDate?.getTime() ?? 0));
  for (const { AccessKeyId } of byAge.slice(0, Math.max(0, byAge.length - keep))) {
    await unless('NoSuchEntity', client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: AccessKeyId as string })));
  }
}

async function removeUser(client: IAMClient, UserName: string): Promise<void> {
  await unless('NoSuchEntity', removeKeys(client, UserName, 0));
  await unless('NoSuchEntity', client.send(new DeleteUserPolicyCommand({ UserName, PolicyName: policyName })));
  await unless('NoSuchEntity', client.send(new DeleteUserCommand({ UserName })));
}

/** A job's user can be a moment older than the job: only a user that has no job twice, with a pause between, is an orphan. */
async function sweep(client: IAMClient, options: KeysAccessOptions, liveJobs: () => Promise<Iterable<string>>): Promise<number> {
  const what = 'remove the keys of jobs that are gone';
  const withoutJob = async (users: string[]): Promise<string[]> => {
    const live = new Set([...(await liveJobs())].map((job) => userName(options.bucket, job)));
    return users.filter((name) => !live.has(name));
  };
  const suspects = await withoutJob(await asked(what, options, () => listUsers(client, userPrefix(options.bucket))));
  if (suspects.length === 0) return 0;
  await sleep(options.sweepPauseMs ?? 60_000);
  const orphans = await withoutJob(suspects);
  for (const orphan of orphans) await asked(what, options, () => removeUser(client, orphan));
  return orphans.length;
}

async function listUsers(client: IAMClient, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for (let Marker: string | undefined; ;) {
    const page = await client.send(new ListUsersCommand({ Marker }));
    names.push(...(page.Users ?? []).map(({ UserName = '' }) => UserName).filter((name) => name.startsWith(prefix)));
    if (!page.IsTruncated) return names;
    Marker = page.Marker;
  }
}

const userPrefix = (bucket: string): string => `titrate-${sha256(bucket).slice(0, 8)}-`;

/** The job's name where it fits a user's name, its digest where not. */
export function userName(bucket: string, job: string): string {
  const name = userPrefix(bucket) + job;
  return name.length <= userNameLimit ? name : userPrefix(bucket) + sha256(job).slice(0, 40);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Lets one expected answer pass. The SDK calls the same error `NoSuchEntity` and `NoSuchEntityException`, by store. */
async function unless(expected: string, request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (nameOf(error).replace(/Exception$/, '') !== expected) throw error;
  }
}
