import { randomUUID } from 'node:crypto';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { createStoreAccess } from './create-store-access.ts';
import { policyLimit, policyOf } from './policy.ts';
import { scopeOf } from './scope.ts';
import { credentialsOf, describeStoreAccess } from './store-access.contract.ts';
import { StoreAccessFailed } from './store-access.ts';
import { digest, trainDocument } from './testing/documents.ts';
import { adminClient, sharedStore } from './testing/servers.ts';

const roleArn = 'arn:aws:iam::000000000000:role/titrate-job';

function sessions(settings: { roleArn?: string; durationSeconds?: number } = {}) {
  const storeAccess = { kind: 'session' as const, roleArn, durationSeconds: 43_200, stsEndpoint: null, ...settings };
  return createStoreAccess({ storeAccess, storeEndpoint: null }, { ...sharedStore(), bucket: 'titrate' });
}

describeStoreAccess('session', async () => {
  const store = sharedStore();
  return { access: sessions(), admin: adminClient(store), bucket: `test-${randomUUID()}`, endpoint: store.endpoint };
});

describe('sessions', () => {
  it('end after the time that is asked for, and are to be renewed at half of it', async () => {
    const { expiresAt, renewAt } = await sessions({ durationSeconds: 1_800 }).grant(trainDocument(digest('a')));
    const fromNow = (moment: string | null) => (Date.parse(moment as string) - Date.now()) / 1000;
    expect(fromNow(expiresAt)).toBeGreaterThan(1_740);
    expect(fromNow(expiresAt)).toBeLessThan(1_860);
    expect(fromNow(renewAt)).toBeGreaterThan(840);
    expect(fromNow(renewAt)).toBeLessThan(960);
  });

  it('cannot open further sessions: a job does not shed its policy', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(await sessions().grant(trainDocument(digest('a'))));
    const { endpoint, region } = sharedStore();
    const credentials = { accessKeyId, secretAccessKey, sessionToken: sessionToken as string };
    const sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
    await expect(sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'further' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('take a policy as long as the limit, and none that is longer', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = sharedStore();
    const sts = new STSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
    const open = (length: number) => {
      const text = JSON.stringify(policyOf(scopeOf(trainDocument(digest('a')))));
      const Policy = text.replace('"Resource":[', `"Resource":[${' '.repeat(length - text.length)}`);
      return sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'long', Policy }));
    };
    expect((await open(policyLimit)).Credentials).toBeDefined();
    await expect(open(policyLimit + 1)).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
  });

  it('of a role that does not trust the control plane are refused in the words of the store', async () => {
    const refused = sessions({ roleArn: 'arn:aws:iam::000000000000:role/another' }).grant(trainDocument(digest('a')));
    await expect(refused).rejects.toThrow(StoreAccessFailed);
    await expect(refused).rejects.toThrow(
      /^Cannot open a session for job train-a{26}-1 as the store must allow it: AccessDenied: .*role\/another/,
    );
  });
});
