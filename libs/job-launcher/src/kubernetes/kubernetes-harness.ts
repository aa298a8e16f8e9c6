import { randomBytes } from 'node:crypto';
import { CoreV1Api } from '@kubernetes/client-node';
import { JobConfiguration, type KubernetesLauncher } from '@titrate/contracts';
import type { LauncherHarness } from '../job-launcher.contract.ts';
import { createCalls, type Calls } from './calls.ts';
import { connect } from './connect.ts';
import { createKubernetesJobLauncher, type KubernetesJobLauncher, type KubernetesJobLauncherSettings } from './kubernetes-job-launcher.ts';
import { jobFile } from './pod-template.ts';
import type { StoreAccess } from './store-access.ts';

/** A harness in a namespace of its own that enforces the `restricted` standard, for tests on a real cluster. */
export interface KubernetesHarness extends LauncherHarness {
  readonly namespace: string;
  /** Questions to the API server as the cluster's administrator, for what a test does behind the launcher's back. */
  readonly calls: Calls;
  launcher(script: string, changes?: HarnessChanges): KubernetesJobLauncher;
}

/** What a test may want otherwise. */
export interface HarnessChanges {
  readonly launcher?: Partial<KubernetesLauncher>;
  readonly settings?: Partial<KubernetesJobLauncherSettings>;
}

/** The cluster of the tests: `TITRATE_TEST_KUBECONFIG`, otherwise `KUBECONFIG`. */
export const testKubeconfig = process.env.TITRATE_TEST_KUBECONFIG ?? process.env.KUBECONFIG;
/** An image that the cluster's nodes have, with `python` in it. */
export const testImage = process.env.TITRATE_TEST_IMAGE ?? 'localhost/python:1';

/** Lets nobody in anywhere: the tests' jobs need no store. */
export const noAccess: StoreAccess = {
  grant: async ({ name, bucket }) => ({
    environment: {},
    secretData: {},
    renewAt: null,
    projectedToken: null,
    scope: { name, bucket, read: [], create: [] },
  }),
  renew: async (scope) => ({ environment: {}, secretData: {}, renewAt: null, projectedToken: null, scope }),
  revoke: async () => undefined,
};

const patienceMs = 15_000;

/** A namespace, and launchers whose jobs run a Python text. `dispose` stops and forgets what is left and removes the namespace. */
export async function newKubernetesHarness(): Promise<KubernetesHarness> {
  const namespace = `titrate-test-${randomBytes(4).toString('hex')}`;
  const config = connect(testKubeconfig, null);
  const calls = createCalls(config, namespace, patienceMs);
  const core = config.makeApiClient(CoreV1Api);
  await makeNamespace(core, namespace);
  const made: KubernetesJobLauncher[] = [];
  const shared = launcherOf(namespace, '');
  made.push(shared);
  return {
    namespace,
    calls,
    launcher(script, changes) {
      const launcher = launcherOf(namespace, script, changes);
      made.push(launcher);
      return launcher;
    },
    async dispose() {
      for (const { name } of await shared.list()) {
        await shared.stop(name, 'stopped');
        await shared.forget(name);
      }
      await Promise.all(made.map((launcher) => launcher.close()));
      await core.deleteNamespace({ name: namespace });
    },
  };
}

/** The configuration that an operator would write for the test's cluster. */
export function launcherConfiguration(namespace: string, changes: Partial<KubernetesLauncher> = {}): KubernetesLauncher {
  const written = { kind: 'kubernetes', namespace, image: testImage, imagePullPolicy: 'Never', serviceAccountName: 'trainer', ...changes };
  const { launcher } = JobConfiguration.parse({ version: 1, launcher: written });
  if (launcher.kind !== 'kubernetes') throw new Error('Cannot test as the configuration must be one for Kubernetes');
  return launcher;
}

function launcherOf(namespace: string, script: string, changes: HarnessChanges = {}): KubernetesJobLauncher {
  return createKubernetesJobLauncher({
    kubeconfig: testKubeconfig,
    launcher: launcherConfiguration(namespace, changes.launcher),
    storeEnvironment: {},
    access: noAccess,
    command: () => ['python', '-c', script, jobFile],
    ...changes.settings,
  });
}

async function makeNamespace(core: CoreV1Api, name: string): Promise<void> {
  const standard = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'latest' };
  await core.createNamespace({ body: { metadata: { name, labels: standard } } });
  await core.createNamespacedServiceAccount({ namespace: name, body: { metadata: { name: 'trainer' } } });
}
