export type { JobEnd, JobLauncher, JobListing, JobRequest, JobStatus, LogPiece } from './job-launcher.ts';
export { ClusterRefused, ClusterUnreachable, JobNotLaunched, JobRefused } from './errors.ts';
