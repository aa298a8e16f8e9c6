export type { JobEnd, JobLauncher, JobRequest, JobResources, JobStatus, LogPiece } from './job-launcher.ts';
export { JobNotLaunched, JobRefused } from './errors.ts';
