import { randomUUID } from 'node:crypto';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { keys } from '@titrate/contracts';
import { createKeysAccess, userName } from './keys.ts';
import { clientOf, credentialsOf, describeStoreAccess } from './store-access.contract.ts';
import { digest, trainDocument } from './testing/documents.ts';
import { adminClient, sharedStore } from './testing/servers.ts';

function keysFor(bucket: string) {
  const { endpoint, region } = sharedStore();
  return createKeysAccess({ ...sharedStore(), bucket, iamEndpoint: null, pod: { endpoint, region }, sweepPauseMs: 20 });
}

describeStoreAccess('keys', async () => {
  const bucket = `test-${randomUUID()}`;
  const store = sharedStore();
  return { access: keysFor(bucket), admin: adminClient(store), bucket, endpoint: store.endpoint };
});

describe('keys', () => {
  const bucket = `test-${randomUUID()}`;
  const [run, gone, foreign] = [digest('a'), digest('b'), digest('c')];
  /** Whether the store knows the key: it then answers 404 or 403 with words of its own, 403 with `InvalidAccessKeyId` where not. */
  const works = async (grant: Awaited<ReturnType<ReturnType<typeof keysFor>['grant']>>): Promise<boolean> => {
    const key = keys.progress(run, 1, 'f'.repeat(16));
    const client = clientOf(grant, sharedStore().endpoint);
    return await client.send(new HeadObjectCommand({ Bucket: grant.scope.bucket, Key: key })).then(
      () => true,
      (error: { name: string }) => error.name === 'NotFound',
    );
  };

  it('of an earlier grant outlive one more, and are gone after the next', async () => {
    const access = keysFor(bucket);
    const grants = [];
    for (let time = 0; time < 3; time++) grants.push(await access.grant(trainDocument(run, bucket)));
    expect(new Set(grants.map((grant) => credentialsOf(grant).accessKeyId)).size).toBe(3);
    expect(await Promise.all(grants.map(works))).toEqual([false, true, true]);
    await access.revoke(trainDocument(run).name);
    expect(await Promise.all(grants.map(works))).toEqual([false, false, false]);
    await access.revoke(trainDocument(run).name);
  });

  it('of jobs that are gone are swept, those of living jobs and of other control planes are not', async () => {
    const access = keysFor(bucket);
    const living = await access.grant(trainDocument(run, bucket));
    await access.grant(trainDocument(gone, bucket));
    const elsewhere = keysFor(`test-${randomUUID()}`);
    await elsewhere.grant(trainDocument(foreign, bucket));
    expect(await access.sweep(async () => [living.scope.name])).toBe(1);
    expect(await works(living)).toBe(true);
    expect(await access.sweep(async () => [])).toBe(1);
    expect(await works(living)).toBe(false);
    expect(await elsewhere.sweep(async () => [])).toBe(1);
  });

  it('of a job that comes to be while a sweep is under way are left', async () => {
    const access = keysFor(bucket);
    const made = await access.grant(trainDocument(run, bucket));
    const seen: string[][] = [[], [made.scope.name]];
    expect(await access.sweep(async () => seen.shift() as string[])).toBe(0);
    expect(await works(made)).toBe(true);
    expect(seen).toEqual([]);
    expect(await access.sweep(async () => [])).toBe(1);
  });

  it('belong to users whose names fit any store', () => {
    expect(userName('titrate', 'train-abc-1')).toMatch(/^titrate-[0-9a-f]{8}-train-abc-1$/);
    const long = userName('titrate', 'n'.repeat(63));
    expect(long).toHaveLength(57);
    expect(long).not.toBe(userName('titrate', 'n'.repeat(62)));
  });
});
