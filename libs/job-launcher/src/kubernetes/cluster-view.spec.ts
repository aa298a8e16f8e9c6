import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { createCalls } from './calls.ts';
import { listAll, watchCluster, type ClusterView } from './cluster-view.ts';
import type { Job } from './objects.ts';
import { object, serve, status, type ScriptedServer } from './testing/api-server.ts';
import { jobOf, podOf } from './testing/views.ts';

const job = named(jobOf());
const pod = named(podOf(0, {}, { annotations: { note: 'of no use when it is gone' } }));

function named<T extends { metadata: object }>(thing: T): T {
  return { ...thing, metadata: { ...thing.metadata, namespace: 'runs' } };
}

/** A server with one Job and one pod whose watches stay open, for the test to speak into. */
async function serveOneJob(): Promise<{
  server: ScriptedServer;
  watches: Map<string, ServerResponse>;
  fail: (code: number | null) => void;
}> {
  const watches = new Map<string, ServerResponse>();
  let failure: number | null = null;
  const server = await serve((request, response) => {
    const [path = '', query = ''] = request.url!.split('?');
    const resource = path.split('/').at(-1)!;
    if (failure !== null) return status(failure, 'scripted')(request, response);
    if (!query.includes('watch=true')) {
      const items = resource === 'jobs' ? [job] : resource === 'pods' ? [pod] : [];
      return object({ items, metadata: { resourceVersion: '7' } })(request, response);
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    watches.set(resource, response);
  });
  return { server, watches, fail: (code) => void (failure = code) };
}

const say = (response: ServerResponse | undefined, type: string, thing: unknown): void =>
  void response!.write(`${JSON.stringify({ type, object: thing })}\n`);

async function until(view: ClusterView, holds: (view: ClusterView) => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(view); await sleep(20))
    if (Date.now() > deadline) throw new Error('Cannot go on as the view must show what the server said: it does not');
}

describe('watchCluster()', () => {
  it('shows a job with its pods, remembers a pod that is gone, and knows which Service is missing', async () => {
    const { server, watches } = await serveOneJob();
    await using _closed = server;
    const view = watchCluster(server.config, createCalls(server.config, 'runs', 0));
    await until(view, () => view.get('run')?.pods.length === 1 && view.lacksService('run'));
    say(watches.get('pods'), 'DELETED', { ...pod, metadata: { ...pod.metadata, resourceVersion: '8' } });
    await until(view, () => view.get('run')?.pods.length === 0);
    expect(view.get('run')!.vanished).toMatchObject([{ metadata: { name: 'run-0-x0' }, spec: { nodeName: 'node-0' }, status: pod.status }]);
    expect(JSON.stringify(view.get('run')!.vanished)).not.toContain('of no use');
    expect(view.get('other')).toBeNull();
    await view.close();
  });

  it('lists again when its version has expired', async () => {
    const { server, watches } = await serveOneJob();
    await using _closed = server;
    const view = watchCluster(server.config, createCalls(server.config, 'runs', 0));
    await until(view, () => view.get('run') !== null);
    const lists = (): number => server.asked.filter((asked) => asked.includes('/jobs?') && !asked.includes('watch=true')).length;
    const before = lists();
    say(watches.get('jobs'), 'ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' });
    watches.get('jobs')!.end();
    await until(view, () => lists() > before && view.get('run') !== null);
    await view.close();
  });

  it('shows nothing while a watch is broken, and all when it is whole again', async () => {
    const { server, watches, fail } = await serveOneJob();
    await using _closed = server;
    const view = watchCluster(server.config, createCalls(server.config, 'runs', 0));
    await until(view, () => view.get('run') !== null);
    fail(503);
    watches.get('jobs')!.destroy();
    await until(view, () => view.get('run') === null);
    fail(null);
    await until(view, () => view.get('run') !== null);
    say(watches.get('jobs'), 'MODIFIED', {
      ...job,
      metadata: { ...job.metadata, resourceVersion: '9' },
      spec: { completions: 2, suspend: true },
    });
    await until(view, () => (view.get('run')?.job as Job).spec.suspend === true);
    await view.close();
  });
});

describe('listAll()', () => {
  const first = object({ items: [job], metadata: { resourceVersion: '7', continue: 'more' } });
  const last = object({ items: [pod], metadata: { resourceVersion: '7' } });
  const expired = status(410, 'The provided continue parameter is too old to display a consistent list result.');

  it('begins anew when what it goes on from has expired, and tells nothing twice', async () => {
    const answers = [first, expired, first, last];
    await using server = await serve((request, response) => answers.shift()!(request, response));
    const { items } = await listAll<Job>(createCalls(server.config, 'runs', 0), 'jobs');
    expect(items.map(({ metadata }) => metadata.name)).toEqual([job.metadata.name, pod.metadata.name]);
    expect(server.asked.map((asked) => asked.includes('continue=more'))).toEqual([false, true, false, true]);
  });

  it('gives up when that happens again and again', async () => {
    await using server = await serve((request, response) => (request.url!.includes('continue') ? expired : first)(request, response));
    await expect(listAll(createCalls(server.config, 'runs', 0), 'jobs')).rejects.toThrow(/too old/);
  });
});
