import type { Question } from '@titrate/contracts';
import type { JobLauncher, JobUse } from './job-launcher.ts';

/** What Titrate needs of the place where jobs run. */
export function launcherQuestions(launcher: Pick<JobLauncher, 'check'>, use: JobUse): Question[] {
  return [
    {
      ...{ part: 'jobs', name: use === 'run' ? 'running them' : 'reading of them' },
      mend: 'In a cluster give the service account the verbs that are named, as the chart does with rbac.create, and look at kubeconfig, context and namespace. On one machine `npx titrate up` sets the Python environment up.',
      ask: () => launcher.check(use),
    },
  ];
}
