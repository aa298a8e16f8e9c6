import type { V1OwnerReference, V1Secret } from '@kubernetes/client-node';
import { JobNotLaunched, JobRefused } from '../errors.ts';
import type { JobRequest } from '../job-launcher.ts';
import { Conflict, type Calls, type Resource } from './calls.ts';
import { isForgotten, recordedEnd } from './classify.ts';
import {
  documentFile,
  encoded,
  identityOf,
  jobManifest,
  renewalOf,
  secretManifest,
  serviceManifest,
  type ManifestSettings,
} from './manifests.ts';
import { annotations } from './names.ts';
import { finish, type Job } from './objects.ts';
import type { StoreAccess, StoreGrant, StoreScope } from './store-access.ts';

/** What making a job's objects needs. */
export interface PartsSettings extends ManifestSettings {
  readonly access: StoreAccess;
}

/** Another launch may create, and another worker forget, between our look and our create. */
const creations = 5;

/**
 * Makes a job's objects exist: its Job first, then what it owns, so that deleting the Job leaves nothing behind. Pods wait for their
 * Secret by themselves. Of a job that is at its end nothing is made again.
 *
 * @param isKnown whether a watch has shown the Job; one that it has not is made at once, and a conflict tells if it is there.
 * @throws JobRefused when the name is taken by another document, JobNotLaunched when an earlier job of that name is still going.
 */
export async function makeJob(calls: Calls, settings: PartsSettings, request: JobRequest, isKnown: boolean): Promise<Job> {
  let mayBeThere = isKnown;
  for (let attempt = 1; attempt <= creations; attempt++) {
    const found = mayBeThere ? await calls.json<Job>({ verb: 'get', resource: 'jobs', name: request.name }) : null;
    if (found !== null) {
      await completeJob(calls, settings, request, found);
      return found;
    }
    const grant = await settings.access.grant(request.document);
    // Built before anything exists: it refuses a document that is too long.
    secretManifest(request, grant, ownerReference(request.name, ''));
    try {
      const made = await calls.json<Job>({ verb: 'create', resource: 'jobs', body: jobManifest(request, settings, grant) });
      await makeParts(calls, request, made!, grant);
      return made!;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      mayBeThere = true;
    }
  }
  throw new JobNotLaunched(
    `Cannot launch job ${request.name} as nobody else must make and remove it meanwhile: it came and went ${creations} times`,
  );
}

/** Whether a job works in a bucket: that stands in its scope of the store. One without a scope is of nobody else. */
export function isOfBucket({ metadata }: Job, bucket: string): boolean {
  const scope = metadata.annotations?.[annotations.scope];
  return scope === undefined || (JSON.parse(scope) as StoreScope).bucket === bucket;
}

/** Makes a Service that is not there, for a job of several pods. */
export async function makeService(calls: Calls, { metadata }: Job): Promise<void> {
  const owner = ownerReference(metadata.name, metadata.uid);
  await createUnlessThere(calls, 'services', serviceManifest(metadata.name, metadata.labels ?? {}, owner));
}

/** Renews the job's access to the store when its time has come. Pods see the files of a Secret change. */
async function renewAccess(calls: Calls, access: StoreAccess, { metadata }: Job, now: number): Promise<void> {
  const { [annotations.renewAt]: renewAt, [annotations.scope]: scope } = metadata.annotations ?? {};
  if (renewAt === undefined || scope === undefined || now < Date.parse(renewAt)) return;
  const grant = await access.renew(JSON.parse(scope) as StoreScope);
  await calls.json({ verb: 'patch', resource: 'secrets', name: metadata.name, body: { data: encoded(grant.secretData) } });
  const body = { metadata: { uid: metadata.uid, annotations: renewalOf(grant) } };
  await calls.json({ verb: 'patch', resource: 'jobs', name: metadata.name, body });
}

/** A renewal that failed is tried again after so long: status is asked many times a second, and the store may be away. */
const renewAgainMs = 60_000;

/** Renews the access of jobs; a failure is told and tried again later, as what was granted last is good for long. */
export function createRenewer(calls: Calls, access: StoreAccess): (job: Job, now: number) => Promise<void> {
  const askedAt = new Map<string, number>();
  return async (job, now) => {
    const { uid } = job.metadata;
    const asked = askedAt.get(uid);
    if (asked !== undefined && now - asked < renewAgainMs) return;
    askedAt.delete(uid);
    // Set before the store is asked: whoever looks meanwhile does not wait for it too.
    askedAt.set(uid, now);
    for (const [other, at] of askedAt) {
      if (now - at < renewAgainMs) break;
      askedAt.delete(other);
    }
    try {
      await renewAccess(calls, access, job, now);
      askedAt.delete(uid);
    } catch (error) {
      process.emitWarning((error as Error).message);
    }
  };
}

/** The job is there: the same document must have made it, and what belongs to it must be there too. */
async function completeJob(calls: Calls, settings: PartsSettings, request: JobRequest, job: Job): Promise<void> {
  if (isForgotten({ job, pods: [], vanished: [], events: [] }))
    throw new JobNotLaunched(`Cannot launch job ${request.name} as an earlier job of that name must be gone: its pods are still ending`);
  mustBeTheSame(request, job);
  if (finish(job) !== undefined || recordedEnd({ job }) !== null || job.metadata.deletionTimestamp !== undefined) return;
  const owner = ownerReference(job.metadata.name, job.metadata.uid);
  const known = { metadata: { ownerReferences: [owner] }, data: documentFile(request.name, request.document) };
  const secret = await calls.json({ verb: 'patch', resource: 'secrets', name: request.name, body: known });
  if (secret === null) await makeParts(calls, request, job, await settings.access.grant(request.document));
  else if (request.profile.nodes > 1) await makeService(calls, job);
}

async function makeParts(calls: Calls, request: JobRequest, job: Job, grant: StoreGrant): Promise<void> {
  const owner = ownerReference(job.metadata.name, job.metadata.uid);
  await writeSecret(calls, request.name, secretManifest(request, grant, owner));
  if (request.profile.nodes > 1) await makeService(calls, job);
}

/** False when there is one already. One of an earlier job of that name goes soon, and is made again when a look misses it. */
async function createUnlessThere(calls: Calls, resource: Resource, body: unknown): Promise<boolean> {
  try {
    await calls.json({ verb: 'create', resource, body });
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}

/** A Secret cannot be read, so that one that is there is overwritten: it may be of an earlier job of that name, which would take it along. */
async function writeSecret(calls: Calls, name: string, secret: V1Secret): Promise<void> {
  if (await createUnlessThere(calls, 'secrets', secret)) return;
  const patched = await calls.json({ verb: 'patch', resource: 'secrets', name, body: secret });
  if (patched === null) await createUnlessThere(calls, 'secrets', secret);
}

function mustBeTheSame({ name, document }: JobRequest, { metadata }: Job): void {
  for (const [annotation, wanted] of Object.entries(identityOf(document))) {
    const found = metadata.annotations?.[annotation];
    if (found === wanted) continue;
    throw new JobRefused(
      `Cannot launch job ${name} as the job of that name must have the same ${annotation}, ${wanted}: current value is ${found ?? 'none, it is not of Titrate'}`,
    );
  }
}

function ownerReference(name: string, uid: string): V1OwnerReference {
  return { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true };
}
