import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { StoreConflict } from '../errors.ts';

/** Where the store is and who asks. */
export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Told of every request once it is answered or given up: its operation as in `GetObject`, `ok` or what came instead, and how long it took with its retries. */
  readonly onRequest?: (operation: string, outcome: string, seconds: number) => void;
}

/** A create is tried this often while the store answers 409; with the pauses below that is about six seconds. */
const conflictTries = 8;
const shortestPauseMs = 50;
const longestPauseMs = 2000;

/**
 * A client that every S3-like store understands: bucket in the path, no checksums beyond those that an operation demands
 * (SeaweedFS keeps the trailer of the newer ones as content), and an end to requests that are never answered.
 */
export function createClient({ endpoint, region, accessKeyId, secretAccessKey, onRequest }: S3Access): S3Client {
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  });
  if (onRequest !== undefined) watch(client, onRequest);
  return client;
}

function watch(client: S3Client, tell: NonNullable<S3Access['onRequest']>): void {
  client.middlewareStack.add(
    (next, { commandName = 'unknown' }) =>
      async (args) => {
        const operation = commandName.replace(/Command$/, '');
        const startedAt = performance.now();
        const told = (outcome: string): void => tell(operation, outcome, (performance.now() - startedAt) / 1000);
        try {
          const answer = await next(args);
          told('ok');
          return answer;
        } catch (error) {
          told(String(statusOf(error) ?? (error as Error).name));
          throw error;
        }
      },
    // Outside of the retries, so that a request is told once.
    { step: 'initialize', priority: 'high', name: 'tellRequest' },
  );
}

/**
 * One create-only put. 412 is the answer `exists`. 409 means that another write of the key is under way: it is asked again,
 * with growing pauses drawn by chance, so that many writers do not meet again.
 *
 * @throws StoreConflict when the conflict does not pass.
 */
export async function putNew(client: S3Client, bucket: string, key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentLength: bytes.byteLength, IfNoneMatch: '*' }));
      return 'created';
    } catch (error) {
      if (statusOf(error) === 412) return 'exists';
      if (statusOf(error) !== 409) throw error;
      if (attempt === conflictTries)
        throw new StoreConflict(key, `Cannot create ${key} as the store must settle it: ${attempt} answers were 409`, { cause: error });
      await sleep(Math.random() * Math.min(longestPauseMs, shortestPauseMs * 2 ** attempt));
    }
  }
}

/** A stream over an object, or null when there is none. */
export async function getStream(client: S3Client, bucket: string, key: string): Promise<Readable | null> {
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return answer.Body as Readable;
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return null;
    throw error;
  }
}

/** HTTP status of a refusal by the store; null when the error is of another kind. */
export function statusOf(error: unknown): number | null {
  return error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? null) : null;
}
