import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it, jest } from '@jest/globals';
import { keys } from '@titrate/contracts';
import { createStoreAccess } from './create-store-access.ts';
import { corpus, trainDocument } from './testing/documents.ts';
import { adminClient, sharedStore } from './testing/servers.ts';

jest.setTimeout(60_000);

const trainerHome = fileURLToPath(new URL('../../../../apps/trainer', import.meta.url));
const python = process.env['TITRATE_PYTHON'] ?? `${trainerHome}/.venv/bin/python`;

/** A training's requests to the store, by the trainer's own code, and then another run's. */
const script = `
import os, pathlib, sys
from botocore.exceptions import ClientError
from trainer.store import Store
bucket, manifest, log, attempt, result, other = sys.argv[1:]
store = Store.connect(bucket, pathlib.Path("/nonexistent"), pathlib.Path(os.environ["TITRATE_CREDENTIALS_FILE"]))
print("corpus", store.read(manifest), "nothing", store.read(log))
print(store.create(log, b"entry").kind, store.create(log, b"entry").kind, store.create(log, b"another").kind)
writer = store.writer(attempt + "step00000001/__0_0.distcp")
writer.write(bytes(writer.PART_BYTES + 1))
print(writer.close()["sizeBytes"])
store.replace(attempt + "progress.json", b"{}")
store.replace(attempt + "progress.json", b"{ }")
print(len(list(store.list(attempt))), store.create(result, b"{}").kind)
for request in (lambda: store.read(other), lambda: store.create(other, b"forged"), lambda: list(store.list("runs/")), lambda: store.replace(other, b"forged")):
    try:
        print("let in:", request())
    except ClientError as error:
        print(error.response["ResponseMetadata"]["HTTPStatusCode"], end=" ")`;

it("the trainer's own store does all of a training's work with what the job was granted, and is refused another run's objects", async () => {
  const [bucket, run, other] = [`test-${randomUUID()}`, randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  const admin = adminClient(sharedStore());
  await admin.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const Key of [keys.corpusManifest(corpus), keys.logEntry(other, 0)])
    await admin.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
  const storeAccess = {
    ...{ kind: 'session' as const, roleArn: 'arn:aws:iam::000000000000:role/titrate-job', durationSeconds: 3600, stsEndpoint: null },
  };
  const document = trainDocument(run, bucket);
  const grant = await createStoreAccess({ storeAccess, storeEndpoint: null }, { ...sharedStore(), bucket }).grant(document);
  const secret = mkdtempSync(join(tmpdir(), 'titrate-job-'));
  try {
    for (const [name, data] of Object.entries(grant.secretData)) writeFileSync(join(secret, name), data, { mode: 0o600 });
    const env = {
      ...{ PATH: process.env['PATH'], PYTHONPATH: trainerHome },
      ...{ ...grant.environment, TITRATE_CREDENTIALS_FILE: join(secret, 'credentials.json') },
    };
    const parameters = [
      keys.corpusManifest(corpus),
      keys.logEntry(run, 0),
      keys.attempt(run, 1, 'f'.repeat(16)),
      keys.jobResult(document.name),
    ];
    const { stdout } = await promisify(execFile)(python, ['-c', script, bucket, ...parameters, keys.logEntry(other, 0)], { env });
    expect(stdout.split('\n')).toEqual([
      "corpus b'x' nothing None",
      'created identical taken',
      '67108865',
      '2 created',
      '403 403 403 403 ',
    ]);
  } finally {
    rmSync(secret, { recursive: true });
  }
});
