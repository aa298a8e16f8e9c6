import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CorpusJob, JobConfiguration, JobProfile } from '@titrate/contracts';
import {
  checkCluster,
  createKubernetesJobLauncher,
  type KubernetesJobLauncher,
  type StoreAccess,
  type StoreGrant,
} from '@titrate/job-launcher/kubernetes';
import { stringify } from 'yaml';
import { jobConfigurationOf, renderIn, toYaml, valuesOf } from './manifests.ts';
import { kubectl, kubectlOk } from './programs.ts';

jest.setTimeout(120_000);

const namespace = `chart-${randomBytes(4).toString('hex')}`;
const runs = `${namespace}-runs`;
const folder = mkdtempSync(join(tmpdir(), 'titrate-rights-'));
const launchers = {} as Record<'worker' | 'api', KubernetesJobLauncher>;

/** Access that is to be renewed at every look, so that renewing is a part of the test. */
const grant = (scope: StoreGrant['scope']): StoreGrant => ({
  environment: {},
  secretData: { 'credentials.json': '{}' },
  renewAt: '2026-01-01T00:00:00Z',
  projectedToken: null,
  scope,
});
const access: StoreAccess = {
  grant: async ({ name, bucket }) => grant({ name, bucket, read: [], create: [] }),
  renew: async (scope) => grant(scope),
  revoke: async () => undefined,
};

/** A kubeconfig with a token of a service account of the release and nothing else. */
async function kubeconfigOf(part: string): Promise<string> {
  const token = (await kubectlOk(['create', 'token', `titrate-${part}`, '--namespace', namespace])).trim();
  const shown = await kubectlOk(['config', 'view', '--raw', '--flatten', '--minify', '--output', 'json']);
  const { clusters } = JSON.parse(shown) as { clusters: { name: string }[] };
  const context = { name: part, context: { cluster: clusters[0]!.name, user: part } };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters,
    contexts: [context],
    users: [{ name: part, user: { token } }],
    'current-context': part,
  };
  const path = join(folder, part);
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return path;
}

beforeAll(async () => {
  await kubectlOk(['create', 'namespace', namespace]);
  const values = valuesOf('kind', `runs.namespace=${runs}`, 'rbac.listNodes=false');
  const made = await renderIn(namespace, values);
  const wanted = made.filter(({ kind }) => ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding'].includes(kind));
  // The namespace before what lies in it.
  await kubectlOk(['apply', '-f', '-'], toYaml(wanted.toSorted((a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'))));
  const { launcher } = JobConfiguration.parse(jobConfigurationOf(made));
  if (launcher.kind !== 'kubernetes') throw new Error('The chart made a configuration for another launcher');
  for (const part of ['worker', 'api'] as const)
    launchers[part] = createKubernetesJobLauncher({ kubeconfig: await kubeconfigOf(part), launcher, access, storeEnvironment: {} });
});

afterAll(async () => {
  await Promise.all(Object.values(launchers).map((launcher) => launcher.close()));
  await kubectlOk(['delete', 'namespace', namespace, runs, '--ignore-not-found', '--wait=false']);
  rmSync(folder, { recursive: true, force: true });
});

const name = 'rights';
const recipe = { name: 'text', format: 'text', tokenizer: { kind: 'train-bpe', vocabularySize: 300 } };
const source = { kind: 'uploads', files: [{ name: 'text', object: { key: 'uploads/1', sizeBytes: 1, sha256: '0'.repeat(64) } }] };
const work = `corpora/work/${'8'.repeat(64)}/`;
const document = CorpusJob.parse({ version: 1, kind: 'corpus', name, bucket: 'titrate', recipe, source, tokenizer: null, work });
/** Two pods, so that there is a Service, for which no node is: nothing has to run. */
const profile = JobProfile.parse({ nodes: 2, nodeSelector: { none: 'none' } });
const request = { name, document, profile };

/** Asks again until the answer is there: a watch needs a moment to begin. */
async function eventually(answer: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 250)))
    if (await answer()) return;
  throw new Error('It did not come to pass within 30 seconds');
}

describe('the launcher with the rights that the chart gives', () => {
  it('of the worker makes a job, and makes it whole again', async () => {
    await launchers.worker.launch(request);
    await launchers.worker.launch(request);
    const found = await kubectlOk(['get', 'jobs,services,secrets', '--namespace', runs, '-o', 'name']);
    expect(found.split('\n').filter(Boolean).sort()).toEqual([`job.batch/${name}`, `secret/${name}`, `service/${name}`]);
    expect(await launchers.worker.status(name)).toMatchObject({ kind: 'waiting' });
    await kubectlOk(['delete', 'service', name, '--namespace', runs]);
    await eventually(async () => {
      await launchers.worker.status(name);
      return (await kubectl(['get', 'service', name, '--namespace', runs])).code === 0;
    });
  });

  it('of the API reads its log and lists it', async () => {
    expect(await launchers.api.log(name, 0)).toEqual({ text: '', next: 0 });
    expect((await launchers.api.list()).map((listing) => listing.name)).toEqual([name]);
  });

  it('of each pass its own part of the diagnosis; of the API not that of the worker, verb by verb', async () => {
    expect(await launchers.worker.check('run')).toContain(`namespace ${runs} of`);
    expect(await launchers.api.check('read')).toContain('read of jobs');
    await expect(launchers.api.check('run')).rejects.toThrow('refuses create jobs, patch jobs, delete jobs');
  });

  it('of the API makes none: the refusal names the verb and the resource', async () => {
    await expect(launchers.api.launch({ ...request, name: 'forbidden', document: { ...document, name: 'forbidden' } })).rejects.toThrow(
      /create jobs/,
    );
  });

  it('of the worker pass the check before a start; of the API do not, and a namespace that is not there is told', async () => {
    const administrator = process.env['TITRATE_TEST_KUBECONFIG'] ?? process.env['KUBECONFIG'];
    const checked = async (kubeconfig: string | undefined, of: string) => {
      const { launcher } = JobConfiguration.parse({ version: 1, launcher: { kind: 'kubernetes', namespace: of, image: 'trainer' } });
      if (launcher.kind !== 'kubernetes' || kubeconfig === undefined) throw new Error('The check needs a cluster');
      await checkCluster({ launcher, kubeconfig });
    };
    await checked(await kubeconfigOf('worker'), runs);
    await expect(checked(await kubeconfigOf('api'), runs)).rejects.toThrow(
      'refuses create jobs, patch jobs, delete jobs, create services, patch services, create secrets, patch secrets, list events',
    );
    await expect(checked(administrator, `${runs}-none`)).rejects.toThrow(/as the namespace must exist/);
    expect(await kubectlOk(['get', 'secrets', '--namespace', runs, '-o', 'name'])).not.toContain('titrate-check');
  });

  it('of the worker ends it, and lets it go', async () => {
    await launchers.worker.stop(name, 'stopped');
    expect(await launchers.worker.status(name)).toMatchObject({ kind: 'ended', end: { failure: 'stopped' } });
    await launchers.worker.forget(name);
    await eventually(async () => (await kubectlOk(['get', 'jobs,services,secrets', '--namespace', runs, '-o', 'name'])) === '');
    expect(await launchers.worker.list()).toEqual([]);
  });
});
