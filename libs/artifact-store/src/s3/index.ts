export { createS3ArtifactStore, type S3ArtifactStoreOptions } from './s3-artifact-store.ts';
