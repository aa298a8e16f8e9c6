import type { JobConfiguration, JobDocument, JobProfile } from '@titrate/contracts';
import { countParameters } from './parameters.ts';

/** The configuration has no profile for a job; it stays so until the operator changes it. */
export class ProfileUnknown extends Error {
  readonly code = 'PROFILE_UNKNOWN';
  override readonly name = 'ProfileUnknown';
}

/**
 * The profile of a job: the one wanted by name, otherwise the first assigned one that the model fits.
 *
 * @throws ProfileUnknown when no profile has the name, or none is assigned to a model of that size.
 */
export function profileOf(configuration: JobConfiguration, document: JobDocument, wanted: string | null): JobProfile {
  const name = wanted ?? nameFor(configuration, document);
  const profile = configuration.profiles[name];
  if (profile !== undefined) return profile;
  const known = Object.keys(configuration.profiles).join(', ');
  throw new ProfileUnknown(`Cannot launch job ${document.name} as its profile must be one of ${known}: current value is "${name}"`);
}

function nameFor(configuration: JobConfiguration, document: JobDocument): string {
  if (document.kind === 'corpus' || document.kind === 'analyse') return configuration.assignment[document.kind];
  if (document.kind === 'base') return configuration.assignment.corpus;
  if (document.kind === 'gate') return configuration.assignment.analyse;
  const { shape, vocabularySize } = document.identity;
  const parameters = countParameters(shape, vocabularySize).all;
  const name = assignedProfile(configuration, document.kind, parameters);
  if (name !== null) return name;
  throw new ProfileUnknown(`Cannot launch job ${document.name} as a profile must be assigned to models of ${parameters} parameters`);
}

/** The profile of a size's training jobs: the one wanted by name, otherwise the assigned one; null where there is none. */
export function trainingProfile(
  configuration: JobConfiguration,
  wanted: string | undefined,
  parameters: number,
): { readonly name: string; readonly profile: JobProfile } | null {
  const name = wanted ?? assignedProfile(configuration, 'train', parameters);
  const profile = name === null ? undefined : configuration.profiles[name];
  return name === null || profile === undefined ? null : { name, profile };
}

/** The profile that is assigned to models of a size, with embeddings: the first that they fit; null when there is none. */
export function assignedProfile({ assignment }: JobConfiguration, kind: 'train' | 'evaluate', parameters: number): string | null {
  return assignment[kind].find(({ upToParameters }) => upToParameters === null || parameters <= upToParameters)?.profile ?? null;
}
