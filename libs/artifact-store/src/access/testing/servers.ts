import { S3Client } from '@aws-sdk/client-s3';
import type { ControlPlaneAccess } from '../service.ts';

/** The shared store of the integration tests. It issues sessions and takes users; each test makes a bucket of its own. */
export function sharedStore(): ControlPlaneAccess {
  const {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  } = process.env;
  if (!endpoint || !accessKeyId || !secretAccessKey) {
    throw new Error(
      `Cannot test access as AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set: endpoint is ${endpoint}`,
    );
  }
  return { endpoint, region: region ?? 'us-east-1', accessKeyId, secretAccessKey };
}

/** A client that may do everything. */
export function adminClient({ endpoint, region, accessKeyId, secretAccessKey }: ControlPlaneAccess): S3Client {
  return new S3Client({
    ...{ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true },
    ...{ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
  });
}
