export type { JobEnd, JobLauncher, JobListing, JobRequest, JobStatus, JobUse, LogPiece } from './job-launcher.ts';
export { ClusterRefused, ClusterUnreachable, JobNotLaunched, JobRefused } from './errors.ts';
export { launcherQuestions } from './questions.ts';
