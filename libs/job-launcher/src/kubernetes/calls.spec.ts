import { describe, expect, it } from '@jest/globals';
import { Conflict, createCalls } from './calls.ts';
import { object, serve, status, type Answer } from './testing/api-server.ts';

const job = { verb: 'get', resource: 'jobs', name: 'run' } as const;

/** Answers in turn; the last one for ever. */
function inTurn(...answers: Answer[]): Answer {
  let next = 0;
  return (request, response) => answers[Math.min(next++, answers.length - 1)]!(request, response);
}

describe('a call to the API server', () => {
  it('waits as long as a busy server asks for, and then goes on', async () => {
    await using server = await serve(inTurn(status(429, 'too many requests', { 'retry-after': '1' }), object({ kind: 'Job' })));
    const before = Date.now();
    expect(await createCalls(server.config, 'runs', 5_000).json(job)).toEqual({ kind: 'Job' });
    expect(Date.now() - before).toBeGreaterThanOrEqual(990);
    expect(server.asked).toEqual(Array(2).fill('GET /apis/batch/v1/namespaces/runs/jobs/run'));
  });

  it('tries again when the server is ill or hangs up', async () => {
    const hangUp: Answer = (request) => request.socket.destroy();
    await using server = await serve(
      inTurn(status(503, 'starting'), hangUp, status(500, 'etcdserver: leader changed'), object({ kind: 'Job' })),
    );
    expect(await createCalls(server.config, 'runs', 5_000).json(job)).toEqual({ kind: 'Job' });
  });

  it('gives up after its patience, with the words of the server', async () => {
    await using server = await serve(status(503, 'the server is overloaded'));
    await expect(createCalls(server.config, 'runs', 300).json(job)).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringMatching(
        /^Cannot get jobs as the API server at http.* must answer: it answered 503: the server is overloaded$/,
      ),
    });
  });

  it.each([
    [401, 'Unauthorized', 'Cannot get jobs in namespace runs as the credentials must be accepted'],
    [403, 'User "x" cannot get resource "jobs"', 'Cannot get jobs in namespace runs as the API server must allow it: User "x" cannot get'],
    [404, 'namespaces "runs" not found', 'Cannot get jobs in namespace runs as the namespace must exist'],
    [
      422,
      'Job.batch "run" is invalid: spec.x: Required',
      'Cannot get jobs in namespace runs as the API server must accept it: it answered 422',
    ],
  ])('an answer of %d is not asked for twice', async (code, message, words) => {
    await using server = await serve(status(code, message));
    await expect(createCalls(server.config, 'runs', 5_000).json(job)).rejects.toThrow(words);
    expect(server.asked).toHaveLength(1);
  });

  it('what is not there is null, and what has changed is a conflict', async () => {
    await using server = await serve(inTurn(status(404, 'jobs.batch "run" not found'), status(409, 'the object has been modified')));
    const calls = createCalls(server.config, 'runs', 5_000);
    expect(await calls.json(job)).toBeNull();
    await expect(calls.json({ ...job, verb: 'patch', body: {} })).rejects.toThrow(Conflict);
  });

  it('words that are no Status of Kubernetes are passed on', async () => {
    await using server = await serve((_request, response) => void response.writeHead(403).end('<h1>a proxy says no</h1>'));
    await expect(createCalls(server.config, 'runs', 5_000).json(job)).rejects.toThrow('<h1>a proxy says no</h1>');
  });
});
