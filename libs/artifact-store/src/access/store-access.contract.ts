import { randomBytes, randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { keys, type Digest } from '@titrate/contracts';
import type { Grant, JobCredentials, StoreAccess } from './store-access.ts';
import { analyseDocument, corpus, corpusDocument, digest, evaluateDocument, trainDocument } from './testing/documents.ts';

/** What a test needs of an adapter beside the port: a bucket on a real store, and a client that may do everything there. */
export interface AccessHarness {
  readonly access: StoreAccess;
  readonly admin: S3Client;
  readonly bucket: string;
  readonly endpoint: string;
}

const part = Buffer.alloc(5 * 1024 * 1024, 'p');
const statusOf = (error: unknown): number => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
const newRun = (): Digest => randomBytes(32).toString('hex');

/** A client with what a job was granted, as its pod would have it. */
export function clientOf(grant: Grant, endpoint: string): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(grant);
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
  return new S3Client({
    ...{ endpoint, region: grant.environment['AWS_REGION'], credentials, forcePathStyle: true, maxAttempts: 2 },
    ...{ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
  });
}

/** What stands in the Secret. */
export const credentialsOf = (grant: Grant): JobCredentials => JSON.parse(grant.secretData['credentials.json'] as string) as JobCredentials;

/** What every adapter that grants credentials must do on a real store; each adapter's test calls it with its own harness. */
export function describeStoreAccess(adapter: string, newHarness: () => Promise<AccessHarness>): void {
  // A real server, on a machine that may be busy with other tests.
  jest.setTimeout(60_000);
  describe(`store access: ${adapter}`, () => {
    const [run, other] = [newRun(), newRun()];
    const token = 'f'.repeat(16);
    let harness: AccessHarness;
    let job: S3Client;
    const inBucket = <T extends object>(input: T): T & { Bucket: string } => ({ Bucket: harness.bucket, ...input });
    const put = (client: S3Client, Key: string, Body = 'content') => client.send(new PutObjectCommand(inBucket({ Key, Body })));
    const read = async (client: S3Client, Key: string): Promise<string> =>
      (await client.send(new GetObjectCommand(inBucket({ Key })))).Body!.transformToString();
    const list = async (client: S3Client, Prefix?: string): Promise<string[]> =>
      ((await client.send(new ListObjectsV2Command(inBucket({ Prefix })))).Contents ?? []).map(({ Key }) => Key as string);
    const refused = async (request: Promise<unknown>): Promise<void> => expect(await request.then(() => 200, statusOf)).toBe(403);

    beforeAll(async () => {
      harness = await newHarness();
      await harness.admin.send(new CreateBucketCommand(inBucket({})));
      for (const one of [run, other]) {
        for (const key of [keys.logEntry(one, 0), keys.progress(one, 1, token), keys.evaluation(one, digest('d'), digest('e'))])
          await put(harness.admin, key);
      }
      for (const key of [keys.corpusManifest(corpus), keys.corpusManifest(other), 'uploads/1', 'uploads/10']) await put(harness.admin, key);
      job = clientOf(await harness.access.grant(trainDocument(run, harness.bucket)), harness.endpoint);
    });

    const attempt = keys.attempt(run, 1, token);
    const begin = async (client: S3Client, Key: string): Promise<string> =>
      (await client.send(new CreateMultipartUploadCommand(inBucket({ Key })))).UploadId as string;

    describe('a training does its work', () => {
      it('reads its corpus and its run, and is told what does not exist', async () => {
        for (const key of [keys.corpusManifest(corpus), keys.logEntry(run, 0), keys.evaluation(run, digest('d'), digest('e'))])
          expect(await read(job, key)).toBe('content');
        await expect(read(job, keys.logEntry(run, 1))).rejects.toMatchObject({ name: 'NoSuchKey' });
        await expect(job.send(new HeadObjectCommand(inBucket({ Key: `${attempt}none` })))).rejects.toMatchObject({ name: 'NotFound' });
      });

      it('appends to the log by create-only puts, of which the second is refused', async () => {
        const entry = () => job.send(new PutObjectCommand(inBucket({ Key: keys.logEntry(run, 9), Body: 'entry', IfNoneMatch: '*' })));
        await entry();
        expect(await entry().then(() => 200, statusOf)).toBe(412);
        await put(job, keys.jobResult(trainDocument(run).name));
      });

      it('rewrites its progress, writes in parts, ends an upload that fails, and lists what is its own', async () => {
        await put(job, keys.progress(run, 1, token), 'step 2');
        expect(await read(job, keys.progress(run, 1, token))).toBe('step 2');
        const Key = `${attempt}step00000001/__0_0.distcp`;
        const UploadId = await begin(job, Key);
        const parts = [];
        for (const PartNumber of [1, 2]) {
          const { ETag } = await job.send(new UploadPartCommand(inBucket({ Key, UploadId, PartNumber, Body: part })));
          parts.push({ PartNumber, ETag });
        }
        await job.send(
          new CompleteMultipartUploadCommand(inBucket({ Key, UploadId, MultipartUpload: { Parts: parts }, IfNoneMatch: '*' })),
        );
        const unfinished = await begin(job, `${attempt}broken`);
        await job.send(new AbortMultipartUploadCommand(inBucket({ Key: `${attempt}broken`, UploadId: unfinished })));
        expect(await list(job, attempt)).toEqual([`${attempt}progress.json`, Key]);
      });
    });

    describe('a training is refused', () => {
      it("to read another run's objects, also by copying them into its own, and whether they exist", async () => {
        const [Key, CopySource] = [`${attempt}stolen`, `${harness.bucket}/${keys.logEntry(other, 0)}`];
        await refused(read(job, keys.logEntry(other, 0)));
        await refused(read(job, keys.logEntry(other, 77)));
        await refused(job.send(new HeadObjectCommand(inBucket({ Key: keys.logEntry(other, 0) }))));
        await refused(job.send(new CopyObjectCommand(inBucket({ Key, CopySource }))));
        const UploadId = await begin(job, Key);
        await refused(job.send(new UploadPartCopyCommand(inBucket({ Key, UploadId, PartNumber: 1, CopySource }))));
        await refused(read(job, keys.corpusManifest(other)));
      });

      it("to write over another run's objects, another attempt's, results, or its corpus", async () => {
        const evaluation = keys.evaluation(run, digest('d'), digest('e'));
        for (const key of [
          keys.logEntry(other, 0),
          `${keys.run(other)}new`,
          keys.progress(run, 2, token),
          evaluation,
          keys.corpusManifest(corpus),
        ]) {
          await refused(put(job, key, 'forged'));
          await refused(begin(job, key));
        }
        expect(await read(harness.admin, keys.logEntry(other, 0))).toBe('content');
      });

      it("to list another run's objects, or everything, in any way that the store has", async () => {
        for (const prefix of [keys.run(other), 'runs/', undefined]) await refused(list(job, prefix));
        await refused(job.send(new ListObjectsCommand(inBucket({}))));
        await refused(job.send(new ListObjectVersionsCommand(inBucket({}))));
        await refused(job.send(new ListMultipartUploadsCommand(inBucket({}))));
      });

      it('to delete anything, also its own', async () => {
        const mine = keys.logEntry(run, 0);
        for (const Key of [mine, keys.logEntry(other, 0)]) await refused(job.send(new DeleteObjectCommand(inBucket({ Key }))));
        const { Errors, Deleted } = await job.send(new DeleteObjectsCommand(inBucket({ Delete: { Objects: [{ Key: mine }] } })));
        expect([Deleted ?? [], Errors?.map(({ Code }) => Code)]).toEqual([[], ['AccessDenied']]);
        await refused(job.send(new DeleteBucketCommand(inBucket({}))));
        expect(await read(harness.admin, mine)).toBe('content');
      });

      it('to change who may do what', async () => {
        const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${harness.bucket}/*` }];
        const Rules = [{ ID: 'x', Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } }];
        const Key = keys.logEntry(run, 0);
        await refused(job.send(new PutBucketPolicyCommand(inBucket({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }))));
        await refused(job.send(new PutObjectAclCommand(inBucket({ Key, ACL: 'public-read' as const }))));
        await refused(job.send(new PutObjectTaggingCommand(inBucket({ Key, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }))));
        await refused(job.send(new PutBucketLifecycleConfigurationCommand(inBucket({ LifecycleConfiguration: { Rules } }))));
        await refused(job.send(new CreateBucketCommand({ Bucket: `test-${randomUUID()}` })));
      });

      it.each(['..', '.', ''])('to leave its prefix by the segment "%s"', async (segment) => {
        const way = segment === '..' ? `${keys.run(run)}../${other}/` : segment === '.' ? `./${keys.run(other)}` : `/${keys.run(other)}`;
        const attempts = [() => put(job, `${way}log/00000000.json`, 'forged'), () => read(job, `${way}log/00000000.json`)];
        for (const request of attempts) expect([400, 403, 404]).toContain(await request().then(() => 200, statusOf));
        expect(await read(harness.admin, keys.logEntry(other, 0))).toBe('content');
      });
    });

    describe('other kinds', () => {
      const clientFor = async (document: Parameters<StoreAccess['grant']>[0]) =>
        clientOf(await harness.access.grant(document), harness.endpoint);

      it("an evaluation reads checkpoints and writes results of its run, and neither the log nor another run's", async () => {
        const client = await clientFor(evaluateDocument(run, harness.bucket));
        expect(await read(client, keys.logEntry(run, 0))).toBe('content');
        await put(client, keys.evaluation(run, digest('1'), digest('2')));
        for (const key of [keys.logEntry(run, 5), keys.evaluation(other, digest('1'), digest('2'))]) await refused(put(client, key));
        await refused(read(client, keys.evaluation(other, digest('d'), digest('e'))));
      });

      it('a corpus job reads its upload and writes the corpus', async () => {
        const client = await clientFor(corpusDocument('uploads/1', harness.bucket));
        expect(await read(client, 'uploads/1')).toBe('content');
        await put(client, keys.corpusManifest(digest('c')));
        await refused(read(client, 'uploads/10'));
        await refused(put(client, 'uploads/1'));
        await refused(read(client, keys.logEntry(run, 0)));
      });

      it.each([1, 200])('an analysis of %i runs reads their results and writes its report', async (count) => {
        const runs = [run, ...Array.from({ length: count - 1 }, newRun)];
        const document = analyseDocument(runs, harness.bucket);
        const client = await clientFor(document);
        expect(await read(client, keys.evaluation(run, digest('d'), digest('e')))).toBe('content');
        await put(client, `sweeps/sw-1/analyses/${digest('9')}/report.json`);
        await refused(read(client, keys.logEntry(run, 0)));
        await refused(put(client, keys.evaluation(run, digest('d'), digest('e')), 'forged'));
      });
    });

    it('what was granted stays good when it is granted again, and the scope is enough for that', async () => {
      const again = newRun();
      const first = await harness.access.grant(trainDocument(again, harness.bucket));
      const second = await harness.access.renew(JSON.parse(JSON.stringify(first.scope)) as Grant['scope']);
      expect(second.scope).toEqual(first.scope);
      for (const grant of [first, second]) await put(clientOf(grant, harness.endpoint), keys.progress(again, 1, token));
    });
  });
}
