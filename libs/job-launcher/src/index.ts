export type { JobEnd, JobLauncher, JobListing, JobRequest, JobStatus, LogPiece } from './job-launcher.ts';
export { JobNotLaunched, JobRefused } from './errors.ts';
