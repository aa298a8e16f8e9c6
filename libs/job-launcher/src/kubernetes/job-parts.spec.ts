import { describe, expect, it } from '@jest/globals';
import { createCalls } from './calls.ts';
import { createRenewer, isOfBucket } from './job-parts.ts';
import { annotations } from './names.ts';
import type { StoreAccess, StoreGrant } from './store-access.ts';
import { object, serve } from './testing/api-server.ts';
import { ago, jobOf, now } from './testing/views.ts';

const scope = { name: 'run', bucket: 'b', read: [], create: [] };
const due = jobOf({}, { annotations: { [annotations.renewAt]: ago(1), [annotations.scope]: JSON.stringify(scope) } });

describe('isOfBucket()', () => {
  it('tells the jobs of this control plane from those of another one in the namespace', () => {
    expect([isOfBucket(due, 'b'), isOfBucket(due, 'another'), isOfBucket(jobOf(), 'b')]).toEqual([true, false, true]);
  });
});

describe('the renewal of access to the store', () => {
  it('that fails is tried again after a minute rather than at each look', async () => {
    await using server = await serve(object({}));
    let asked = 0;
    const access = {
      renew: async () => {
        asked++;
        throw new Error('the store is away');
      },
    } as unknown as StoreAccess;
    const renew = createRenewer(createCalls(server.config, 'runs', 0), access);
    for (const afterMs of [0, 500, 59_000, 61_000, 61_500]) await renew(due, now + afterMs);
    expect(asked).toBe(2);
    expect(server.asked).toEqual([]);
  });

  it('that is due changes the Secret and tells when the next one is', async () => {
    await using server = await serve(object({}));
    const grant = { secretData: { 'credentials.json': 'new' }, renewAt: '2100-01-01T00:00:00Z' } as unknown as StoreGrant;
    const renew = createRenewer(createCalls(server.config, 'runs', 0), { renew: async () => grant } as unknown as StoreAccess);
    await renew(jobOf(), now);
    await renew(due, now);
    expect(server.asked).toEqual(['PATCH /api/v1/namespaces/runs/secrets/run', 'PATCH /apis/batch/v1/namespaces/runs/jobs/run']);
  });
});
