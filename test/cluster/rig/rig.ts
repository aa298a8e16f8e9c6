import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startSeaweedfs, type SeaweedServer } from '@titrate/embedded-stack';
import { buildPrograms, type Programs } from './build.ts';
import { makeCgroup } from './cgroups.ts';
import { python, RigRefused, run, type Say } from './commands.ts';
import { overlayRefused, type ContainerRuntime } from './container-runtime.ts';
import { serveFaults } from './control.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { ensureImages, otherImage, PYTHON_IMAGE, type ImageFile } from './images.ts';
import { fakeNodes, startKwok } from './kwok.ts';
import { loopback, namespacesRefused, openNamespaces, type Place } from './namespaces.ts';
import { missingPackages } from './packages.ts';
import { startRealNode } from './real-node.ts';
import { makeRigFolder, removeRigFolder, sweepRigFolders, writeDescription, type RigDescription, type RigFolder } from './rig-folder.ts';
import { Servers } from './servers.ts';

/** What a rig is to have. */
export interface RigOptions {
  readonly say: Say;
  /** A node that really runs containers, where the machine allows it. True by default. */
  readonly realNode?: boolean;
  /** An S3 store that pods reach. True by default. */
  readonly store?: boolean;
  /** How many fake nodes with 8 GPUs each. 4 by default. */
  readonly fakeNodes?: number;
  /** Archive of the trainer's image (OCI layout in a tar), to be imported into the real node. */
  readonly trainerImage?: string;
}

/** A cluster that is up. */
export interface Rig {
  readonly folder: string;
  readonly description: RigDescription;
  /** Ends all of it and removes its files; calling it again is harmless. */
  stop(): Promise<void>;
}

/** Builds what is missing and starts a cluster of this process's own, which ends with this process. @throws RigRefused, StartFailed */
export async function startRig(options: RigOptions): Promise<Rig> {
  const { say } = options;
  const missing = await missingPackages('control plane', say);
  if (missing !== null) throw new RigRefused(`Cannot start a cluster as ${missing}.`);
  const programs = await buildPrograms(say);
  for (const folder of await sweepRigFolders()) say(`removed ${folder}, left by a rig that was killed`);
  const folder = await makeRigFolder();
  const realNodeMissing = options.realNode === false ? 'it was not asked for' : await realNodeRefused(folder, say);
  const parts = new Parts(folder, realNodeMissing === null ? await openNamespaces(folder.path) : loopback);
  try {
    return await parts.start(programs, options, realNodeMissing);
  } catch (error) {
    await parts.stop();
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

  async start(programs: Programs, options: RigOptions, realNodeMissing: string | null): Promise<Rig> {
    const folder = this.#folder.path;
    const from = Date.now();
    const store = options.store === false ? {} : this.#startStore();
    const images = realNodeMissing === null ? await imagesOf(options, programs) : [];
    const controlPlane = await startControlPlane(folder, this.#place, programs, this.#servers);
    const kubectl = [programs.hyperkube, 'kubectl', '--kubeconfig', controlPlane.kubeconfig];
    await startKwok(folder, this.#place, programs, controlPlane.kubeconfig, this.#servers);
    await run([...kubectl, 'apply', '--filename', '-'], { input: JSON.stringify(fakeNodes(options.fakeNodes ?? 4)) });
    if (realNodeMissing === null) await this.#startNode(programs, controlPlane, images, options.say);
    const control = join(folder, 'control.sock');
    await serveFaults(control, this.#servers);
    const environment = { ...environmentOf(controlPlane, images, realNodeMissing, programs), TITRATE_TEST_RIG: folder, ...(await store) };
    const { cgroup } = this.#folder;
    const description: RigDescription = {
      ...{ version: 1, pid: process.pid, kubeconfig: controlPlane.kubeconfig, kubectl, control, cgroup, realNodeMissing, environment },
    };
    writeDescription(folder, description);
    options.say(`the cluster is up after ${Math.round((Date.now() - from) / 1000)} s: ${controlPlane.url}, files in ${folder}`);
    if (realNodeMissing !== null) options.say(`no real node: ${realNodeMissing}`);
    return { folder, description, stop: () => this.stop() };
  }

  async stop(): Promise<void> {
    await (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    await this.#servers.stop('kubelet');
    await this.#runtime?.stop();
    await Promise.all([this.#servers.stopAll(), this.#store?.stop()]);
    await this.#place.close();
    await removeRigFolder(this.#folder);
  }

  async #startNode(programs: Programs, controlPlane: ControlPlane, images: ImageFile[], say: Say): Promise<void> {
    const { path: folder, cgroup } = this.#folder;
    this.#runtime = await startRealNode({
      folder,
      place: this.#place,
      programs,
      controlPlane,
      servers: this.#servers,
      cgroup,
      images,
      say,
    });
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

async function imagesOf({ trainerImage, say }: RigOptions, programs: Programs): Promise<ImageFile[]> {
  const images = await ensureImages(programs, say);
  return trainerImage === undefined ? images : [...images, await otherImage(trainerImage)];
}

/** What tests get to know of a cluster, but for the store. */
function environmentOf(
  controlPlane: ControlPlane,
  images: readonly ImageFile[],
  realNodeMissing: string | null,
  programs: Programs,
): Record<string, string> {
  const environment: Record<string, string> = { TITRATE_TEST_KUBECONFIG: controlPlane.kubeconfig, TITRATE_TEST_PROGRAMS: programs.folder };
  if (realNodeMissing !== null) return { ...environment, TITRATE_TEST_REAL_NODE_MISSING: realNodeMissing };
  environment['TITRATE_TEST_IMAGE'] = PYTHON_IMAGE;
  const trainer = images.find(({ name }) => !name.startsWith('localhost/titrate-rig/'));
  if (trainer !== undefined) environment['TITRATE_TEST_TRAINER_IMAGE'] = trainer.name;
  return environment;
}
