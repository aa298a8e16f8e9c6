import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { find, isOfOperator, podOf, render, renderIn, shapes, toYaml, valuesOf } from './manifests.ts';
import { chart, helm, kubeconform, kubectl, kubectlOk } from './programs.ts';
import { writeSchemas } from './schemas.ts';

const suffix = randomBytes(4).toString('hex');
const namespace = `chart-${suffix}`;
const runs = `${namespace}-runs`;
const folder = mkdtempSync(join(tmpdir(), 'titrate-chart-'));

beforeAll(async () => {
  await kubectlOk(['create', 'namespace', namespace]);
  await kubectlOk(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
  const made = await renderIn(namespace, [...valuesOf('kind', `runs.namespace=${runs}`), '--show-only', 'templates/namespace.yaml']);
  // Only the namespace: an installation would not take over what another hand made.
  await kubectlOk(['apply', '-f', '-'], toYaml([find(made, 'Namespace', runs)]));
}, 60_000);

afterAll(async () => {
  await kubectlOk(['delete', 'namespace', namespace, runs, '--ignore-not-found', '--wait=false']);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const withoutOperator = ['monitoring.podMonitor.enabled=false', 'monitoring.rules.enabled=false'];

/** Into the namespaces of this test; the objects of Kueue and of the Prometheus Operator need definitions that the cluster does not have. */
const ourValues = (shape: (typeof shapes)[number]): string[] =>
  valuesOf(shape, `runs.namespace=${runs}`, 'runs.createNamespace=false', 'kueue.objects.create=false', ...withoutOperator);

describe.each(shapes)('what the chart makes for %s', (shape) => {
  it('is valid by the schemas of the API server, unknown fields refused', async () => {
    const manifests = (await render(shape)).filter((manifest) => !isOfOperator(manifest));
    const location = await writeSchemas(manifests, folder);
    const { code, stdout } = await kubeconform(toYaml(manifests), '-summary', '-output', 'json', '-schema-location', location);
    expect(JSON.parse(stdout)).toMatchObject({ summary: { valid: manifests.length, invalid: 0, errors: 0, skipped: 0 } });
    expect(code).toBe(0);
  }, 60_000);

  it('is admitted by the API server', async () => {
    const { code, stderr } = await kubectl(
      ['apply', '--dry-run=server', '--validate=strict', '-f', '-'],
      toYaml(await renderIn(namespace, ourValues(shape))),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('Warning') });
  }, 60_000);

  it('is taken as an installation, and tells what to do next', async () => {
    const release = ['install', `titrate-${suffix}`, chart, '--namespace', namespace, '--dry-run=server', ...ourValues(shape)];
    const { code, stdout, stderr } = await helm(...release);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('npx titrate submit SPEC.yaml');
    expect(stdout).not.toContain('only-for-a-trial: ');
  }, 60_000);

  it('has pods that a namespace with the restricted pod security standard admits', async () => {
    const workloads = (await renderIn(namespace, ourValues(shape))).filter(({ kind }) => ['Deployment', 'Job'].includes(kind));
    const pods = workloads.map((workload) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: workload.metadata.name, namespace },
      // The service accounts are not there, and are no matter of this standard.
      spec: { ...podOf(workload), serviceAccountName: undefined },
    }));
    expect(pods.length).toBeGreaterThanOrEqual(2);
    await kubectlOk(['create', '--dry-run=server', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
  }, 60_000);
});

describe('the schemas', () => {
  it('find a field that does not exist', async () => {
    const deployment = find(await render('kind'), 'Deployment', 'titrate-worker');
    const wrong = { ...deployment, spec: { ...(deployment['spec'] as object), replica: 3 } };
    const location = await writeSchemas([wrong], folder);
    const { code, stdout } = await kubeconform(toYaml([wrong]), '-schema-location', location);
    expect(code).toBe(1);
    expect(stdout).toContain("additional properties 'replica' not allowed");
  });
});

describe('a namespace for runs that the chart made', () => {
  it('refuses a pod that could become root', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'root', namespace: runs },
      spec: { containers: [{ name: 'a', image: 'a' }] },
    };
    const { code, stderr } = await kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
    expect(code).toBe(1);
    expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  });
});

describe('an installation', () => {
  it('that is removed leaves the namespace of the runs, and comes back to it', async () => {
    const own = `${namespace}-release`;
    const ownRuns = `${own}-runs`;
    const parameters = [
      ...valuesOf('kind', `runs.namespace=${ownRuns}`, 'rbac.listNodes=false', 'trial.enabled=true'),
      // The images of the control plane are not here: its pods find no node, and hooks are left out.
      ...['--set', 'api.nodeSelector.none=none,worker.nodeSelector.none=none', '--no-hooks', '--namespace', own],
    ];
    const install = ['install', 'titrate', chart, '--create-namespace', ...parameters];
    const answer = (code: number) => expect.objectContaining({ code });
    try {
      expect(await helm(...install)).toEqual(answer(0));
      const found = async (kind: string) =>
        (await kubectlOk(['get', kind, '--namespace', ownRuns, '-o', 'name'])).split('\n').filter(Boolean);
      expect(await found('roles')).toHaveLength(2);
      expect(await helm('uninstall', 'titrate', '--namespace', own, '--no-hooks', '--wait')).toEqual(answer(0));
      expect(await found('roles')).toEqual([]);
      expect(await kubectlOk(['get', 'namespace', ownRuns, '-o', 'jsonpath={.status.phase}'])).toBe('Active');
      expect(await helm(...install)).toEqual(answer(0));
      expect(await helm('upgrade', 'titrate', chart, ...parameters, '--set', 'jobs.maxInterruptions=5')).toEqual(answer(0));
    } finally {
      await kubectlOk(['delete', 'namespace', own, ownRuns, '--ignore-not-found', '--wait=false']);
    }
  }, 120_000);
});
