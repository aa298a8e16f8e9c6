import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createStoreAccess, type Grant } from '@titrate/artifact-store/access';
import { createS3ArtifactStore } from '@titrate/artifact-store/s3';
import { CorpusJob } from '@titrate/contracts';
import { seaweedPodRole, startSeaweedfs, type SeaweedServer } from '@titrate/embedded-stack';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

// A server starts, and Python several times, on a machine that may be busy with other tests.
jest.setTimeout(120_000);

const trainerHome = fileURLToPath(new URL('../../apps/trainer', import.meta.url));
const python = process.env['TITRATE_PYTHON'] ?? `${trainerHome}/.venv/bin/python`;
const directory = mkdtempSync(join(tmpdir(), 'titrate-web-identity-'));
const account = { accessKeyId: randomBytes(10).toString('hex'), secretAccessKey: randomBytes(20).toString('hex') };
const subject = 'system:serviceaccount:runs:titrate-trainer';
const audience = 'sts.amazonaws.com';

/** Signs tokens as a cluster's API server does, and publishes the key. */
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const issuer = createServer((_, response) => {
  const key = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' };
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key] }));
});

/** A token of a service account, with the claims that a projected one has. */
function tokenOf(claims: object = {}, { privateKey } = pair): string {
  const now = Math.floor(Date.now() / 1000);
  const common = { iss: issuerUrl(), sub: subject, aud: [audience], iat: now, nbf: now, exp: now + 3600 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part({ ...common, ...claims })}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

const issuerUrl = (): string => `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
let server: SeaweedServer;
let grant: Grant;

beforeAll(async () => {
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const webIdentity = { issuer: issuerUrl(), jwksUri: `${issuerUrl()}/openid/v1/jwks`, audience, subject };
  server = await startSeaweedfs({ directory: join(directory, 'store'), python, keys: account, webIdentity });
  const store = { endpoint: server.url, region: 'us-east-1', ...account, bucket: 'titrate' };
  await createS3ArtifactStore(store).prepare();
  const storeAccess = { kind: 'workload-identity' as const, roleArn: seaweedPodRole, audience, stsEndpoint: null };
  const recipe = { name: 'text', format: 'text', tokenizer: { kind: 'train-bpe', vocabularySize: 300 } };
  const source = { kind: 'uploads', files: [{ name: 'text', object: { key: 'uploads/1', sizeBytes: 1, sha256: '0'.repeat(64) } }] };
  const work = `corpora/work/${'8'.repeat(64)}/`;
  const document = { version: 1, kind: 'corpus', name: 'corpus-1', bucket: 'titrate', recipe, source, tokenizer: null, work };
  grant = await createStoreAccess({ storeAccess, storeEndpoint: null }, store).grant(CorpusJob.parse(document));
});

afterAll(async () => {
  await server.stop();
  issuer.closeAllConnections();
  await new Promise((resolve) => issuer.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

const script = `
import pathlib
from botocore.exceptions import ClientError
from trainer.store import Store
store = Store.connect("titrate", pathlib.Path("/nonexistent"))
try:
    print(store.create("jobs/corpus-1/result.json", b"{}").kind, store.read("jobs/corpus-1/result.json"))
    store.client.delete_object(Bucket="titrate", Key="jobs/corpus-1/result.json")
except ClientError as error:
    print(error.operation_name, error.response["Error"]["Code"])`;

/** What the trainer's own store does with a token in the place where the pod has it. */
async function withToken(token: string): Promise<string[]> {
  const file = join(directory, 'token');
  writeFileSync(file, token);
  const env = {
    ...{ PATH: process.env['PATH'], PYTHONPATH: trainerHome },
    ...{ ...grant.environment, AWS_WEB_IDENTITY_TOKEN_FILE: file },
  };
  return (await promisify(execFile)(python, ['-c', script], { env })).stdout.trim().split('\n');
}

it('a pod with the token of its service account creates and reads without any secret, and cannot delete', async () => {
  expect(grant.secretData).toEqual({});
  expect(grant.environment['AWS_WEB_IDENTITY_TOKEN_FILE']).toBe(`${grant.projectedToken?.mountPath}/${grant.projectedToken?.path}`);
  expect(await withToken(tokenOf())).toEqual(["created b'{}'", 'DeleteObject AccessDenied']);
});

it.each([
  ['of another service account', () => tokenOf({ sub: 'system:serviceaccount:runs:default' })],
  ['for another audience', () => tokenOf({ aud: ['https://kubernetes.default.svc'] })],
  ['that has ended', () => tokenOf({ exp: Math.floor(Date.now() / 1000) - 600 })],
  ['that somebody else signed', () => tokenOf({}, generateKeyPairSync('rsa', { modulusLength: 2048 }))],
])('a token %s opens nothing', async (_what, token) => {
  expect(await withToken(token())).toEqual([
    expect.stringMatching(/^AssumeRoleWithWebIdentity (AccessDenied|InvalidParameterValue|ExpiredTokenException)$/),
  ]);
});
