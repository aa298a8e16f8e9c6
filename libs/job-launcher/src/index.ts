export type { JobEnd, JobLauncher, JobRequest, JobResources, JobStatus, LogPiece } from './job-launcher.ts';
