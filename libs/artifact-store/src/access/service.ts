import { StoreAccessFailed } from './store-access.ts';

/** How the control plane itself reaches the store: its own credentials ask for those of the jobs. */
export interface ControlPlaneAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Settings of an SDK client for the store's STS or IAM, with an end to requests that are never answered. */
export function clientSettings(access: ControlPlaneAccess, service: 'sts' | 'iam', endpoint: string | null) {
  const { region, accessKeyId, secretAccessKey } = access;
  return {
    region,
    endpoint: endpoint ?? serviceEndpoint(access, service),
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
}

/** AWS has hosts of their own for its services; other stores answer at the address of the store. */
export function serviceEndpoint({ endpoint, region }: Pick<ControlPlaneAccess, 'endpoint' | 'region'>, service: 'sts' | 'iam'): string {
  if (!new URL(endpoint).hostname.endsWith('.amazonaws.com')) return endpoint;
  return service === 'sts' ? `https://sts.${region}.amazonaws.com` : 'https://iam.amazonaws.com';
}

/**
 * Runs requests to the store; whatever goes wrong becomes a `StoreAccessFailed` that says what could not be done. The SDK's
 * own error is dropped: it carries the answer, in which there can be credentials.
 */
export async function asked<T>(what: string, access: ControlPlaneAccess, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof StoreAccessFailed) throw error;
    const { rule, reason, words } = problemOf(error);
    const told = words.replaceAll(access.secretAccessKey, '(secret)');
    throw new StoreAccessFailed(`Cannot ${what} as ${rule}: ${reason}${told}`, reason);
  }
}

/** The error code of the store's answer, or the kind of the failure. */
export const nameOf = (error: unknown): string => (error as { name?: string }).name ?? 'unknown';

/** What went wrong, in the store's own words where it refused; an answer that could not be read is not quoted. */
function problemOf(error: unknown): { rule: string; reason: string; words: string } {
  const { message = '', $fault } = error as { message?: string; $fault?: string };
  if ($fault !== undefined) return { rule: 'the store must allow it', reason: nameOf(error), words: `: ${message}` };
  const [network] = /\bE[A-Z]{5,}\b|\bTimeoutError\b/.exec(`${nameOf(error)} ${message}`) ?? [];
  if (network !== undefined) return { rule: 'the store must answer', reason: network, words: '' };
  return { rule: "the store's answer must be readable", reason: nameOf(error), words: '' };
}
