import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startSeaweedfs, type SeaweedServer } from '@titrate/embedded-stack';
import { buildPrograms, type Programs } from './build.ts';
import { makeCgroup } from './cgroups.ts';
import { python, RigRefused, run, type Say } from './commands.ts';
import { overlayRefused, type ContainerRuntime } from './container-runtime.ts';
import { serveFaults } from './control.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { PYTHON_IMAGE, TRAINER_IMAGE } from './images.ts';
import { saveKernelSettings } from './kernel-settings.ts';
import { fakeNodes, startKwok } from './kwok.ts';
import { loopback, namespacesRefused, openNamespaces, type Place } from './namespaces.ts';
import { missingPackages } from './packages.ts';
import { startRealNode } from './real-node.ts';
import { makeRigFolder, removeRigFolder, sweepRigFolders, writeDescription, type RigDescription, type RigFolder } from './rig-folder.ts';
import { Servers } from './servers.ts';
import { stopOnSignals } from './signals.ts';

/** What a rig is to have. */
export interface RigOptions {
  readonly say: Say;
  /** A node that really runs containers, where the machine allows it. True by default. */
  readonly realNode?: boolean;
  /** An S3 store that pods reach. True by default. */
  readonly store?: boolean;
  /** How many fake nodes with 8 GPUs each. 4 by default. */
  readonly fakeNodes?: number;
  /** The trainer's image on the real node, assembled from the sources as they are. False by default: it weighs gigabytes. */
  readonly trainerImage?: boolean;
}

/** A cluster that is up. */
export interface Rig {
  readonly folder: string;
  readonly description: RigDescription;
  /** Ends all of it and removes its files; calling it again is harmless. */
  stop(): Promise<void>;
}

/**
 * Builds what is missing and starts a cluster of this process's own, which ends with this process: in order on SIGINT, SIGTERM
 * and SIGHUP, which then end the process too. @throws RigRefused, StartFailed
 */
export async function startRig(options: RigOptions): Promise<Rig> {
  const { say } = options;
  const missing = await missingPackages('control plane', say);
  if (missing !== null) throw new RigRefused(`Cannot start a cluster as ${missing}.`);
  const programs = await buildPrograms(say);
  for (const folder of await sweepRigFolders()) say(`removed ${folder}, left by a rig that was killed`);
  const folder = await makeRigFolder();
  const realNodeMissing = options.realNode === false ? 'it was not asked for' : await realNodeRefused(folder, say);
  const parts = new Parts(folder, realNodeMissing === null ? await openNamespaces(folder.path) : loopback);
  const release = stopOnSignals(() => parts.stop());
  try {
    const description = await parts.start(programs, options, realNodeMissing);
    return { folder: folder.path, description, stop: () => parts.stop().finally(release) };
  } catch (error) {
    await parts.stop().finally(release);
    throw error;
  }
}

/** Why no containers can be run here; null when they can. */
async function realNodeRefused(folder: RigFolder, say: Say): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'containers need root';
  return (await missingPackages('real node', say)) ?? (await namespacesRefused()) ?? (await overlayRefused()) ?? makeCgroup(folder.cgroup);
}

/** What is up of a rig, so that it can be ended at any point of its start. */
class Parts {
  readonly #folder: RigFolder;
  readonly #place: Place;
  readonly #servers: Servers;
  #runtime: ContainerRuntime | null = null;
  #store: SeaweedServer | null = null;
  #stopped: Promise<void> | null = null;

  constructor(folder: RigFolder, place: Place) {
    this.#folder = folder;
    this.#place = place;
    this.#servers = new Servers(folder.path);
  }

  async start(programs: Programs, options: RigOptions, realNodeMissing: string | null): Promise<RigDescription> {
    const folder = this.#folder.path;
    const from = Date.now();
    const [controlPlane, store] = await Promise.all([
      startControlPlane(folder, this.#place, programs, this.#servers),
      options.store === false ? {} : this.#startStore(),
    ]);
    const kubectl = [programs.hyperkube, 'kubectl', '--kubeconfig', controlPlane.kubeconfig];
    await startKwok(folder, this.#place, programs, controlPlane.kubeconfig, this.#servers);
    await run([...kubectl, 'apply', '--filename', '-'], { input: JSON.stringify(fakeNodes(options.fakeNodes ?? 4)) });
    if (realNodeMissing === null) await this.#startNode(programs, controlPlane, options);
    const control = join(folder, 'control.sock');
    await serveFaults(control, this.#servers);
    const environment = { ...environmentOf(controlPlane, options, realNodeMissing, programs), TITRATE_TEST_RIG: folder, ...store };
    const { cgroup } = this.#folder;
    const description: RigDescription = {
      ...{ version: 1, pid: process.pid, kubeconfig: controlPlane.kubeconfig, kubectl, control, cgroup, realNodeMissing, environment },
    };
    writeDescription(folder, description);
    options.say(`the cluster is up after ${Math.round((Date.now() - from) / 1000)} s: ${controlPlane.url}, files in ${folder}`);
    if (realNodeMissing !== null) options.say(`no real node: ${realNodeMissing}`);
    return description;
  }

  async stop(): Promise<void> {
    await (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    try {
      // It would start again what containerd is told to end.
      await this.#servers.stop('kubelet');
      await this.#runtime?.stop();
    } finally {
      await Promise.all([this.#servers.stopAll(), this.#store?.stop()]);
      await this.#place.close();
      await removeRigFolder(this.#folder);
    }
  }

  async #startNode(programs: Programs, controlPlane: ControlPlane, { trainerImage = false, say }: RigOptions): Promise<void> {
    const { path: folder, cgroup } = this.#folder;
    saveKernelSettings(folder);
    const shared = { folder, cgroup, place: this.#place, programs, controlPlane, servers: this.#servers, say };
    this.#runtime = await startRealNode({ ...shared, trainerImage });
  }

  async #startStore(): Promise<Record<string, string>> {
    const keys = { accessKeyId: randomBytes(10).toString('hex'), secretAccessKey: randomBytes(20).toString('hex') };
    const { address, enterNetwork } = this.#place;
    this.#store = await startSeaweedfs({ directory: join(this.#folder.path, 'seaweedfs'), python, keys, address, enter: enterNetwork });
    return {
      AWS_ENDPOINT_URL: this.#store.url,
      TITRATE_TEST_POD_S3_ENDPOINT: this.#store.url,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_REGION: 'us-east-1',
    };
  }
}

/** What tests get to know of a cluster, but for the store. */
function environmentOf(
  controlPlane: ControlPlane,
  { trainerImage }: RigOptions,
  realNodeMissing: string | null,
  programs: Programs,
): Record<string, string> {
  const environment = { TITRATE_TEST_KUBECONFIG: controlPlane.kubeconfig, TITRATE_TEST_PROGRAMS: programs.folder };
  if (realNodeMissing !== null) return { ...environment, TITRATE_TEST_REAL_NODE_MISSING: realNodeMissing };
  const trainer: Record<string, string> = trainerImage === true ? { TITRATE_TEST_TRAINER_IMAGE: TRAINER_IMAGE.name } : {};
  return { ...environment, TITRATE_TEST_IMAGE: PYTHON_IMAGE.name, ...trainer };
}
