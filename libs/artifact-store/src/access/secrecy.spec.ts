import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createStoreAccess } from './create-store-access.ts';
import { policyLimit } from './policy.ts';
import { ScopeRefused } from './scope.ts';
import { StoreAccessFailed, type StoreAccess } from './store-access.ts';
import { digest, trainDocument } from './testing/documents.ts';

const ownSecret = 'own-secret-of-the-control-plane';
const secrets = [ownSecret, 'granted-secret', 'granted-token'];
const session = {
  kind: 'session' as const,
  roleArn: 'arn:aws:iam::000000000000:role/titrate-job',
  durationSeconds: 3600,
  stsEndpoint: null,
};
const users = { kind: 'keys' as const, iamEndpoint: null };

const credentials = `<AccessKeyId>AKIAGRANTED</AccessKeyId><SecretAccessKey>granted-secret</SecretAccessKey>`;
const granted = `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}<SessionToken>granted-token</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const withoutToken = `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const refusal = (message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`;

/** Runs a test against a store that answers everything in one way. */
async function against(status: number, body: string, use: (access: (kind: typeof session | typeof users) => StoreAccess) => Promise<void>) {
  const server = createServer((_, response) => void response.writeHead(status, { 'content-type': 'text/xml' }).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { endpoint, region: 'us-east-1', accessKeyId: 'AKIAOWN', secretAccessKey: ownSecret, bucket: 'titrate' };
  try {
    await use((storeAccess) => createStoreAccess({ storeAccess, storeEndpoint: null }, options));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Everything that a log, an event or a debugger would show of a thing. */
const shown = (thing: unknown): string =>
  [inspect(thing, { depth: 20, showHidden: true }), JSON.stringify(thing), String(thing), (thing as Error).stack ?? ''].join('\n');

function expectNoSecret(text: string): void {
  for (const secret of secrets) expect(text).not.toContain(secret);
}

describe('credentials do not show', () => {
  it('in an adapter, nor in a grant that is printed, spread or written as JSON', async () => {
    await against(200, granted, async (access) => {
      const adapter = access(session);
      const grant = await adapter.grant(trainDocument(digest('a')));
      expect(grant.secretData['credentials.json']).toContain('granted-secret');
      expectNoSecret(shown(adapter) + shown(access(users)));
      expectNoSecret([inspect(grant), inspect({ grant }, { depth: 9 }), JSON.stringify(grant), JSON.stringify({ ...grant })].join('\n'));
      expect(inspect(grant)).toContain('TITRATE_CREDENTIALS_FILE');
    });
  });

  it.each([
    ['repeats them', 403, refusal(`no, ${ownSecret} may not`), /AccessDenied: no, \(secret\) may not$/],
    [
      'is cut short in the middle of them',
      200,
      granted.slice(0, granted.indexOf('granted-token') + 5),
      /as the store's answer must be readable: \w+$/,
    ],
    ['lacks a part of them', 200, withoutToken, /must hold credentials: parts are missing$/],
    ['is not XML', 200, '<html>granted-secret granted-token', /as the store's answer must be readable: \w+$/],
  ])('in the error when the answer %s', async (_what, status, body, message) => {
    await against(status, body, async (access) => {
      const error: unknown = await access(session)
        .grant(trainDocument(digest('a')))
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreAccessFailed);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).cause).toBeUndefined();
      expectNoSecret(shown(error));
    });
  });

  it('in the error when users cannot be made, which says for which job', async () => {
    await against(403, refusal('not you'), async (access) => {
      const adapter = access(users);
      const error: unknown = await adapter.grant(trainDocument(digest('a'))).catch((reason: unknown) => reason);
      expect((error as Error).message).toBe(
        `Cannot make a key for job train-${'a'.repeat(26)}-1 as the store must allow it: AccessDenied: not you`,
      );
      expectNoSecret(shown(error));
      await expect(adapter.revoke('x')).rejects.toThrow(
        'Cannot take the key of job x back as the store must allow it: AccessDenied: not you',
      );
      await expect(adapter.sweep(async () => [])).rejects.toThrow(StoreAccessFailed);
    });
  });

  it('while what is wrong with a scope, or with the list of jobs, is told as it is', async () => {
    const noUsers =
      '<ListUsersResponse><ListUsersResult><Users></Users><IsTruncated>false</IsTruncated></ListUsersResult></ListUsersResponse>';
    await against(200, noUsers, async (access) => {
      const scope = { name: 'a', bucket: 'titrate', read: [`jobs/${'a'.repeat(policyLimit)}/`], create: [] };
      for (const kind of [session, users]) await expect(access(kind).renew(scope)).rejects.toThrow(ScopeRefused);
      await expect(access(users).sweep(() => Promise.reject(new Error('the cluster is away')))).rejects.toThrow(/^the cluster is away$/);
    });
  });

  it('in the error when nobody answers', async () => {
    const options = {
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      accessKeyId: 'AKIAOWN',
      secretAccessKey: ownSecret,
      bucket: 'titrate',
    };
    const access = createStoreAccess({ storeAccess: session, storeEndpoint: null }, options);
    const error: unknown = await access.grant(trainDocument(digest('a'))).catch((reason: unknown) => reason);
    expect((error as Error).message).toMatch(/as the store must answer: ECONNREFUSED$/);
    expectNoSecret(shown(error));
  });
});
