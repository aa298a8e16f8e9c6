import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { StoredObject } from '@titrate/contracts';
import type { ArtifactStore, CreateOutcome, ListedObject } from '../artifact-store.ts';
import { ObjectAltered, StoreConflict, StoreUnfit } from '../errors.ts';
import { appendRunLog, readRunLog } from '../run-log.ts';
import { identify } from './identify.ts';
import { createClient, getStream, putNew, statusOf, type S3Access } from './s3-requests.ts';

/** How to reach the store; the bucket is made by `prepare`. */
export interface S3ArtifactStoreOptions extends S3Access {
  readonly bucket: string;
}

/** Parts of a multipart upload; four travel at once, so an upload holds about 32 MiB. */
const partBytes = 8 * 1024 * 1024;

/** A store over any S3 API that refuses a second create of one key (`prepare` proves it). Nothing is connected before the first call. */
export function createS3ArtifactStore({ bucket, ...access }: S3ArtifactStoreOptions): ArtifactStore {
  const client = createClient(access);
  const store: ArtifactStore = {
    bucket,
    identify: () => identify(client, bucket, access.endpoint),
    proveCreateOnly: () => proveCreateOnly(client, bucket),
    prepare: async () => {
      await ensureBucket(client, bucket);
      await proveCreateOnly(client, bucket);
    },
    create: (key, bytes) => create(client, bucket, key, bytes),
    upload: (key, body) => upload(client, bucket, key, body),
    read: (what) => (typeof what === 'string' ? readBytes(client, bucket, what) : readChecked(client, bucket, what)),
    stream: (key) => getStream(client, bucket, key),
    list: (prefix) => list(client, bucket, prefix),
    removePrefix: (prefix) => removePrefix(client, bucket, prefix),
    readLog: (run, from) => readRunLog(store, run, from),
    appendLog: (draft) => appendRunLog(store, draft),
  };
  return store;
}

async function ensureBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    // 409: somebody else made it in between. Whether it can be used, the proof that follows tells.
    if (statusOf(error) !== 409) throw error;
  }
}

async function proveCreateOnly(client: S3Client, bucket: string): Promise<void> {
  const key = `probes/${randomUUID()}`;
  const answers = [await putNew(client, bucket, key, Buffer.from('first')), await putNew(client, bucket, key, Buffer.from('second'))];
  const kept = await readBytes(client, bucket, key);
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  if (answers.join() !== 'created,exists' || kept === null || Buffer.from(kept).toString() !== 'first') {
    throw new StoreUnfit(
      `Cannot use bucket ${bucket} as the store must refuse a second create of one key (If-None-Match): it answered ${answers.join(', then ')}`,
    );
  }
}

async function create(client: S3Client, bucket: string, key: string, bytes: Uint8Array): Promise<CreateOutcome> {
  const object: StoredObject = { key, sizeBytes: bytes.byteLength, sha256: sha256(bytes) };
  if ((await putNew(client, bucket, key, bytes)) === 'created') return { kind: 'created', object };
  // The client repeats a put whose answer was lost, so the bytes that are there may be our own.
  const found = await readBytes(client, bucket, key);
  if (found === null) throw new StoreConflict(key, `Cannot create ${key} as it must stay or be absent: it was there and is gone`);
  return Buffer.from(found).equals(bytes) ? { kind: 'identical', object } : { kind: 'taken' };
}

async function upload(client: S3Client, bucket: string, key: string, body: Readable): Promise<StoredObject> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* digesting(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
      hash.update(bytes);
      sizeBytes += bytes.byteLength;
      yield bytes;
    }
  }
  const parts = new Upload({
    client,
    params: { Bucket: bucket, Key: key, Body: Readable.from(digesting(), { objectMode: false }) },
    partSize: partBytes,
  });
  await parts.done();
  return { key, sizeBytes, sha256: hash.digest('hex') };
}

async function readBytes(client: S3Client, bucket: string, key: string): Promise<Uint8Array | null> {
  const stream = await getStream(client, bucket, key);
  return stream && (await buffer(stream));
}

async function readChecked(client: S3Client, bucket: string, { key, sizeBytes, sha256: digest }: StoredObject): Promise<Uint8Array | null> {
  const bytes = await readBytes(client, bucket, key);
  if (bytes === null) return null;
  if (bytes.byteLength !== sizeBytes) {
    throw new ObjectAltered(key, `Cannot read ${key} as it must have ${sizeBytes} bytes: current value is ${bytes.byteLength}`);
  }
  const found = sha256(bytes);
  if (found !== digest) throw new ObjectAltered(key, `Cannot read ${key} as its sha256 must be ${digest}: current value is ${found}`);
  return bytes;
}

async function* pages(client: S3Client, bucket: string, prefix: string): AsyncGenerator<ListedObject[]> {
  let token: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
    yield (page.Contents ?? []).map(({ Key, Size }) => ({ key: Key!, sizeBytes: Size ?? 0 }));
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
}

async function* list(client: S3Client, bucket: string, prefix: string): AsyncGenerator<ListedObject> {
  for await (const page of pages(client, bucket, prefix)) yield* page;
}

async function removePrefix(client: S3Client, bucket: string, prefix: string): Promise<number> {
  // Without the slash `runs/1` would take `runs/10` along.
  if (!prefix.endsWith('/')) throw new RangeError(`Cannot remove objects as the prefix must end with "/": current value is "${prefix}"`);
  let removed = 0;
  for await (const page of pages(client, bucket, prefix)) {
    if (page.length === 0) continue;
    const answer = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: page.map(({ key }) => ({ Key: key })), Quiet: true } }),
    );
    const refused = answer.Errors?.[0];
    if (refused)
      throw new Error(
        `Cannot remove ${prefix} as every object must go: ${refused.Key} was refused with ${refused.Code} ${refused.Message}`,
      );
    removed += page.length;
  }
  return removed;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
