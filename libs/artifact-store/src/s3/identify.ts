import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StoreIdentity } from '../artifact-store.ts';
import { StoreUnfit } from '../errors.ts';
import { statusOf } from './s3-requests.ts';

/** Rules that an answer breaks, by its status: a HEAD has no body, and with it no words of the store's own. */
const RULES: Readonly<Record<number, string>> = {
  301: 'it must lie in the region that AWS_REGION names',
  400: 'the store must accept the request',
  403: 'its keys must be let in',
  404: 'it must exist',
};

/** Who answers for a bucket. @throws StoreUnfit when the store says no */
export async function identify(client: S3Client, bucket: string, endpoint: string): Promise<StoreIdentity> {
  const command = new HeadBucketCommand({ Bucket: bucket });
  let headers: Record<string, string> = {};
  command.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      headers = (answer.response as { headers?: Record<string, string> }).headers ?? {};
      return answer;
    },
    // Inside of what reads the answer, so that its headers are still there.
    { step: 'deserialize', priority: 'low', name: 'keepHeaders' },
  );
  const askedAt = Date.now();
  try {
    await client.send(command);
  } catch (error) {
    const status = statusOf(error);
    if (status === null) throw error;
    const rule = RULES[status] ?? 'the store must answer for it';
    throw new StoreUnfit(`Cannot use bucket ${bucket} of ${endpoint} as ${rule}: the store answered ${status}`);
  }
  return { server: headers['server'] ?? null, aheadSeconds: aheadOf(headers['date'], askedAt, Date.now()) };
}

/** Between the question and the answer any time is right; beyond that, the distance to the nearer of both. */
function aheadOf(date: string | undefined, askedAt: number, answeredAt: number): number | null {
  const at = Date.parse(date ?? '');
  if (Number.isNaN(at)) return null;
  // The header is cut to its second.
  if (at + 1000 < askedAt) return (at + 1000 - askedAt) / 1000;
  return at > answeredAt ? (at - answeredAt) / 1000 : 0;
}
