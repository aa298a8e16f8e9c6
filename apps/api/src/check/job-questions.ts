import { digestOf, type Finding, type JobConfiguration, type Question } from '@titrate/contracts';
import type { ApiSettings } from '../ports.ts';

/** Whether the job configuration that this API works with is the one that stands in its file now. */
export function jobQuestions({ jobs, rereadJobs }: Pick<ApiSettings, 'jobs' | 'rereadJobs'>): Question[] {
  return [
    {
      ...{ part: 'jobs', name: 'configuration' },
      mend: 'Mend the file that TITRATE_JOB_CONFIGURATION names; `titrate schema job-configuration` tells what may stand in it.',
      ask: async () => compared(jobs, rereadJobs()),
    },
  ];
}

function compared(jobs: JobConfiguration, now: JobConfiguration): string | Finding {
  const names = Object.keys(jobs.profiles);
  const found = `${jobs.launcher.kind}; profiles ${names.join(', ')}`;
  if (digestOf(jobs) === digestOf(now)) return found;
  return {
    state: 'warning',
    found: `${found}; the file has changed since the API started`,
    mend: 'Restart the API and the workers: they read it when they start.',
  };
}
