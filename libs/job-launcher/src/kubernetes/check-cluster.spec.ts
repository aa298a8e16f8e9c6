import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { checkNamespace } from './check-cluster.ts';
import { object, serve, status, type Answer } from './testing/api-server.ts';

interface Review {
  readonly spec: { readonly resourceAttributes: { readonly verb: string; readonly resource: string; readonly subresource?: string } };
}

/** A server that refuses these rights, and answers a dry run so. */
function serverOf(refused: string[], dryRun: Answer): Answer {
  return async (request, response) => {
    if (!request.url!.includes('selfsubjectaccessreviews')) return dryRun(request, response);
    const { spec } = JSON.parse(await text(request)) as Review;
    const { verb, resource, subresource } = spec.resourceAttributes;
    object({ status: { allowed: !refused.includes(`${verb} ${[resource, subresource].filter(Boolean).join('/')}`) } })(request, response);
  };
}

describe('the check of a cluster', () => {
  it('asks for every right, tries one object without making it, and is content', async () => {
    await using server = await serve(serverOf([], object({ kind: 'Secret' })));
    await checkNamespace(server.config, 'runs');
    expect(server.asked.filter((asked) => asked.endsWith('selfsubjectaccessreviews'))).toHaveLength(16);
    expect(server.asked.at(-1)).toBe('POST /api/v1/namespaces/runs/secrets?dryRun=All');
  });

  it('names each verb and resource that is refused', async () => {
    await using server = await serve(serverOf(['delete jobs', 'get pods/log'], object({})));
    await expect(checkNamespace(server.config, 'runs')).rejects.toMatchObject({
      code: 'CLUSTER_REFUSED',
      message: 'Cannot run jobs in namespace runs as the API server must allow all that they take: it refuses delete jobs, get pods/log',
    });
  });

  it('asks for no more than reading where jobs are only read of, and names what is refused', async () => {
    await using server = await serve(serverOf(['create jobs', 'list events'], object({})));
    await checkNamespace(server.config, 'runs', 'read');
    expect(server.asked).toHaveLength(8);
    await using refusing = await serve(serverOf(['get pods/log'], object({})));
    await expect(checkNamespace(refusing.config, 'runs', 'read')).rejects.toThrow(
      'Cannot read of jobs in namespace runs as the API server must allow all that it takes: it refuses get pods/log',
    );
  });

  it('names a namespace that is not there', async () => {
    await using server = await serve(serverOf([], status(404, 'namespaces "runs" not found')));
    await expect(checkNamespace(server.config, 'runs')).rejects.toThrow(/as the namespace must exist: namespaces "runs" not found/);
  });

  it('tells of credentials that are refused', async () => {
    await using server = await serve(status(401, 'Unauthorized'));
    await expect(checkNamespace(server.config, 'runs')).rejects.toThrow(/credentials must be accepted by the API server: Unauthorized/);
  });

  it('tells of a server that does not answer, and where it was asked', async () => {
    const { config } = await (async () => {
      await using gone = await serve(object({}));
      return gone;
    })();
    await expect(checkNamespace(config, 'runs')).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringMatching(/the API server at http:\/\/127\.0\.0\.1:\d+ must answer: ./),
    });
  });
});
