import { describe, expect, it } from '@jest/globals';
import { JobConfiguration } from '@titrate/contracts';
import { createStoreAccess } from './create-store-access.ts';
import { serviceEndpoint } from './service.ts';
import { digest, trainDocument } from './testing/documents.ts';

const roleArn = 'arn:aws:iam::123456789012:role/titrate-trainer';

function accessAt(endpoint: string, settings: object = {}, storeEndpoint: string | null = null) {
  const launcher = { kind: 'kubernetes', namespace: 'runs', image: 'trainer', storeEndpoint };
  const storeAccess = { kind: 'workload-identity', roleArn, ...settings };
  const { launcher: parsed } = JobConfiguration.parse({ version: 1, launcher: { ...launcher, storeAccess } });
  if (parsed.kind !== 'kubernetes') throw new Error(`Cannot test as the launcher must be kubernetes: current value is ${parsed.kind}`);
  return createStoreAccess(parsed, { endpoint, region: 'eu-central-1', accessKeyId: 'a', secretAccessKey: 'b', bucket: 'titrate' });
}

describe('workload identity', () => {
  it('gives a pod a role, a token to prove itself with, and no secret', async () => {
    const access = accessAt('https://s3.eu-central-1.amazonaws.com');
    const grant = await access.grant(trainDocument(digest('a')));
    expect(grant.secretData).toEqual({});
    expect(grant.environment).toEqual({
      AWS_ENDPOINT_URL: 'https://s3.eu-central-1.amazonaws.com',
      AWS_ENDPOINT_URL_STS: 'https://sts.eu-central-1.amazonaws.com',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ROLE_ARN: roleArn,
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/titrate/store/token',
      AWS_ROLE_SESSION_NAME: `train-${'a'.repeat(26)}-1`,
    });
    expect(grant.projectedToken).toEqual({
      audience: 'sts.amazonaws.com',
      mountPath: '/var/run/secrets/titrate/store',
      path: 'token',
      expirationSeconds: 3600,
    });
    expect([grant.expiresAt, grant.renewAt]).toEqual([null, null]);
    expect(await access.renew(grant.scope)).toEqual(grant);
    await access.revoke(grant.scope.name);
    expect(await access.sweep(async () => [])).toBe(0);
  });

  it('asks the store itself for sessions where the store is not of AWS, or wherever the operator says', async () => {
    const document = trainDocument(digest('a'));
    const own = await accessAt('https://store.example', {}, 'https://store.internal.example').grant(document);
    expect(own.environment['AWS_ENDPOINT_URL']).toBe('https://store.internal.example');
    expect(own.environment['AWS_ENDPOINT_URL_STS']).toBe('https://store.internal.example');
    const elsewhere = await accessAt('https://store.example', { stsEndpoint: 'https://sts.example' }).grant(document);
    expect(elsewhere.environment['AWS_ENDPOINT_URL_STS']).toBe('https://sts.example');
  });

  it('still refuses a document that no job may be let in with', async () => {
    await expect(accessAt('https://store.example').grant({ ...trainDocument(digest('a')), name: '*' })).rejects.toThrow(
      'name must be letters',
    );
  });
});

describe('the services beside a store', () => {
  it.each([
    ['https://s3.us-east-1.amazonaws.com', 'sts', 'https://sts.us-east-1.amazonaws.com'],
    ['https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com', 'sts', 'https://sts.us-east-1.amazonaws.com'],
    ['https://s3.us-east-1.amazonaws.com', 'iam', 'https://iam.amazonaws.com'],
    ['https://amazonaws.com.example', 'sts', 'https://amazonaws.com.example'],
    ['http://127.0.0.1:8333', 'iam', 'http://127.0.0.1:8333'],
  ] as const)('of %s: %s at %s', (endpoint, service, expected) => {
    expect(serviceEndpoint({ endpoint, region: 'us-east-1' }, service)).toBe(expected);
  });
});
