import { credentialsFile, type JobCredentials } from './store-access.ts';

/** The store as pods see it, which can be another address than the control plane's. */
export interface PodView {
  readonly endpoint: string;
  readonly region: string;
}

/**
 * Variables that every pod gets: where the store is, and no way round its own credentials. Without the last one, a pod whose
 * credentials fail would ask the cloud's metadata service for those of its node.
 */
export function addressOf({ endpoint, region }: PodView): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** The same, with the file that its credentials are in. */
export function podEnvironment(pod: PodView): Record<string, string> {
  return { ...addressOf(pod), TITRATE_CREDENTIALS_FILE: credentialsFile.path };
}

/** The files of the job's Secret. */
export function secretOf(credentials: JobCredentials): Record<string, string> {
  return { [credentialsFile.name]: JSON.stringify(credentials) };
}
