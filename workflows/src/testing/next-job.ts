import { defaultFailureRules } from '@titrate/contracts';
import type { Activities } from '../activities.ts';
import { decideNextJob } from '../job/next-job.ts';

/** The activity over the default rules, for tests of workflows. */
export const nextJobByDefault: Activities['nextJob'] = async (ending, before) =>
  decideNextJob(ending, before, { ruleOf: (failure) => defaultFailureRules[failure], maxInterruptions: 100 });
