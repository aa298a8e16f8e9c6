import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { askAll } from '@titrate/contracts';
import { describeArtifactStore } from '../artifact-store.contract.ts';
import { StoreConflict, StoreUnfit } from '../errors.ts';
import { storeQuestions } from '../questions.ts';
import { createS3ArtifactStore } from './s3-artifact-store.ts';
import { createClient } from './s3-requests.ts';

/** The shared store of the integration tests; each test file makes its own bucket. */
function access() {
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  if (!AWS_ENDPOINT_URL || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error(
      `Cannot test the S3 adapter as AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set: endpoint is ${AWS_ENDPOINT_URL}`,
    );
  }
  return {
    endpoint: AWS_ENDPOINT_URL,
    region: AWS_REGION ?? 'us-east-1',
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
  };
}

describeArtifactStore('s3', async () => {
  const bucket = `test-${randomUUID()}`;
  const client = createClient(access());
  return {
    store: createS3ArtifactStore({ ...access(), bucket }),
    overwrite: async (key, bytes) => void (await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }))),
  };
});

describe('the questions about a store', () => {
  it('find all well at a real one, leave nothing, and make no bucket that is not there', async () => {
    const store = createS3ArtifactStore({ ...access(), bucket: `test-${randomUUID()}` });
    const absent = await askAll(storeQuestions(store));
    expect(absent.map(({ name, state }) => [name, state])).toEqual([
      ['bucket', 'failed'],
      ['create-only puts', 'failed'],
      ['listing', 'failed'],
      ['clock', 'failed'],
    ]);
    expect(absent[0]!.found).toMatch(/as it must exist: the store answered 404$/);
    await store.prepare();
    expect((await askAll(storeQuestions(store))).map(({ found, state }) => [state, found])).toEqual([
      ['ok', expect.stringMatching(/, of SeaweedFS/)],
      ['ok', 'a second create of one key is refused'],
      ['ok', 'objects are listed'],
      ['ok', 'agrees with ours'],
    ]);
    for await (const { key } of store.list('')) throw new Error(`${key} was left`);
  });
});

describe('S3 servers that misbehave', () => {
  const against = async (listener: RequestListener, use: (endpoint: string) => Promise<void>): Promise<void> => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
  const storeAt = (endpoint: string) =>
    createS3ArtifactStore({ endpoint, region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b', bucket: 'any' });
  const answer = (status: number, code: string): string =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${status}</Message></Error>`;

  it('prepare() refuses a store that lets a second create of one key pass', async () => {
    const ignoring: RequestListener = (request, response) => {
      request
        .resume()
        .on('end', () => response.writeHead(request.method === 'DELETE' ? 204 : 200).end(request.method === 'GET' ? 'second' : undefined));
    };
    await against(ignoring, async (endpoint) => {
      await expect(storeAt(endpoint).prepare()).rejects.toThrow(StoreUnfit);
      await expect(storeAt(endpoint).prepare()).rejects.toThrow('it answered created, then created');
    });
  });

  it('the questions about a store find one that lets a second create pass, one that is shut, and one whose clock is off', async () => {
    const states = async (endpoint: string) => (await askAll(storeQuestions(storeAt(endpoint)))).map(({ state, found }) => [state, found]);
    const serving =
      (status: number, ahead: number): RequestListener =>
      (request, response) => {
        const date = new Date(Date.now() + ahead * 1000).toUTCString();
        const listing = '<ListBucketResult></ListBucketResult>';
        request
          .resume()
          .on('end', () =>
            response
              .writeHead(request.method === 'DELETE' && status === 200 ? 204 : status, { date, server: 'Ours/1' })
              .end(request.method !== 'GET' ? undefined : request.url!.includes('list-type') ? listing : 'second'),
          );
      };
    await against(serving(200, 3600), async (endpoint) => {
      expect(await states(endpoint)).toEqual([
        ['ok', 'any, of Ours/1'],
        ['failed', expect.stringContaining('must refuse a second create of one key (If-None-Match): it answered created, then created')],
        ['ok', 'objects are listed'],
        ['failed', expect.stringMatching(/^(3[56]\d\d|3[56]\d\d\.\d+) s ahead of ours$/)],
      ]);
    });
    await against(serving(403, 0), async (endpoint) => {
      expect((await states(endpoint))[0]).toEqual([
        'failed',
        `Cannot use bucket any of ${endpoint} as its keys must be let in: the store answered 403`,
      ]);
      expect((await states(endpoint)).map(([state]) => state)).toEqual(['failed', 'failed', 'failed', 'failed']);
    });
  }, 30_000);

  it('a create that meets 409 is asked again until it is settled', async () => {
    let puts = 0;
    const busy: RequestListener = (request, response) => {
      puts += 1;
      const settled = puts > 3;
      request
        .resume()
        .on('end', () => response.writeHead(settled ? 200 : 409).end(settled ? undefined : answer(409, 'ConditionalRequestConflict')));
    };
    await against(busy, async (endpoint) => {
      expect((await storeAt(endpoint).create('key', Buffer.from('bytes'))).kind).toBe('created');
      expect(puts).toBe(4);
    });
  });

  it('a conflict that does not pass is an error, not an endless wait', async () => {
    const stuck: RequestListener = (request, response) => {
      request.resume().on('end', () => response.writeHead(409).end(answer(409, 'ConditionalRequestConflict')));
    };
    await against(stuck, async (endpoint) => {
      await expect(storeAt(endpoint).create('key', Buffer.from('bytes'))).rejects.toThrow(StoreConflict);
    });
  });

  it('a put whose answer was lost is repeated by the client and counts as our own', async () => {
    const kept = new Map<string, Buffer>();
    let answers = 0;
    const forgetful: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const path = request.url!.split('?')[0]!;
          if (request.method === 'GET') return response.writeHead(200).end(kept.get(path));
          if (kept.has(path)) return response.writeHead(412).end(answer(412, 'PreconditionFailed'));
          kept.set(path, Buffer.concat(chunks));
          answers += 1;
          return response.destroy();
        });
    };
    await against(forgetful, async (endpoint) => {
      expect((await storeAt(endpoint).create('key', Buffer.from('bytes'))).kind).toBe('identical');
      expect(answers).toBe(1);
    });
  });
});
