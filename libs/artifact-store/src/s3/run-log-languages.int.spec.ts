import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, jest } from '@jest/globals';
import { canonicalJson, sha256Hex } from '@titrate/contracts';
import { createS3ArtifactStore } from './s3-artifact-store.ts';

// Python starts twice, on a machine that may be busy with other tests.
jest.setTimeout(60_000);

const trainerHome = fileURLToPath(new URL('../../../../apps/trainer', import.meta.url));
const python = process.env.TITRATE_PYTHON ?? `${trainerHome}/.venv/bin/python`;

/** What the trainer does when it starts, by the trainer's own code. */
const script = `
import pathlib, sys
from trainer.runlog import RunLog
from trainer.store import Store
from trainer.exits import Fenced
bucket, run, attempt, token = sys.argv[1:]
log = RunLog(Store.connect(bucket, pathlib.Path("/nonexistent")), run, int(attempt), token)
log.read()
environment = {"image": "local", "host": "é", "hardware": "cpu", "worldSize": 1, "packages": {}}
started = {"start": "0" * 16, "environment": environment, "parameters": 2, "parametersWithoutEmbeddings": 1, "resumedFrom": None, "resumedStep": 0, "plan": None, "counterexamplePlan": None}
print("read", len(log.entries), flush=True)
if sys.stdin.readline() == "go\\n":
    try:
        print("appended", log.append("started", started)["seq"])
    except Fenced as fenced:
        print("fenced:", fenced)`;

it('both languages write one log: each reads what the other wrote, and an attempt that was overtaken while it slept is fenced', async () => {
  const {
    AWS_ENDPOINT_URL: endpoint = '',
    AWS_REGION: region = 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
  } = process.env;
  const bucket = `test-${randomUUID()}`;
  const store = createS3ArtifactStore({ endpoint, region, accessKeyId, secretAccessKey, bucket });
  await store.prepare();
  const run = randomBytes(32).toString('hex');
  const announce = async (attempt: number) => {
    const token = randomBytes(8).toString('hex');
    expect((await store.appendLog({ kind: 'attempt', run, attempt, token, at: new Date().toISOString() })).kind).toBe('appended');
    return token;
  };
  const trainer = async (attempt: number, token: string, meanwhile: () => Promise<unknown>): Promise<string> => {
    const env = { ...process.env, AWS_REGION: region, AWS_DEFAULT_REGION: region, PYTHONPATH: trainerHome };
    const running = promisify(execFile)(python, ['-c', script, bucket, run, String(attempt), token], { env });
    await new Promise((resolve) => running.child.stdout!.once('data', resolve));
    await meanwhile();
    running.child.stdin!.end('go\n');
    return (await running).stdout;
  };

  const first = await announce(1);
  expect(await trainer(1, first, async () => undefined)).toBe('read 1\nappended 1\n');
  expect(await trainer(1, first, () => announce(2))).toMatch(
    /^read 2\nfenced: Cannot commit started as entry 2 of run [0-9a-f]{64} must be free: attempt 2 wrote there\n$/,
  );
  const log = await store.readLog(run, 0);
  expect(log.map(({ kind, attempt }) => `${kind} ${attempt}`)).toEqual(['attempt 1', 'started 1', 'attempt 2']);
  expect(log.map(({ previous }) => previous)).toEqual([null, ...log.slice(0, 2).map((entry) => sha256Hex(canonicalJson(entry)))]);
});
