export { createLocalJobLauncher, type LocalJobLauncherOptions } from './local-job-launcher.ts';
