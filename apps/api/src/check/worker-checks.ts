import { askAll, digestOf, type Check, type Finding, type JobConfiguration } from '@titrate/contracts';
import type { Records, SeenProcess } from '@titrate/records';
import { VERSION } from '../health/version.ts';

/** A worker tells of itself each minute. */
const SILENT_SECONDS = 120;

const start =
  'Start a worker, or look at its log: without one nothing is launched, evaluated or recorded. Jobs at work go on, and are taken up again.';

/** What the workers told of themselves: whether there is one, whether all are of one mind with this API, and what each of them finds. */
export async function workerChecks(records: Pick<Records, 'listProcesses'>, jobs: JobConfiguration): Promise<Check[]> {
  let live: SeenProcess[] = [];
  const alive = {
    ...{ part: 'worker', name: 'alive', mend: start },
    ask: async () => {
      const all = await records.listProcesses();
      live = all.filter(({ secondsAgo }) => secondsAgo <= SILENT_SECONDS);
      return aliveOf(live, all[0]);
    },
  };
  const [first] = await askAll([alive]);
  const own = live.map((worker) => ({ ...{ part: 'worker', name: worker.instance, mend: '' }, ask: async () => ownOf(worker, jobs) }));
  return [first!, ...(await askAll(own)), ...live.flatMap((worker) => worker.checks.map((check) => told(worker, check, live.length)))];
}

function aliveOf(live: readonly SeenProcess[], newest: SeenProcess | undefined): string | Finding {
  if (live.length > 0) return live.length === 1 ? 'one, heard of within two minutes' : `${live.length}, heard of within two minutes`;
  const last = newest === undefined ? 'none was ever heard of' : `${newest.instance} was heard of last, ${ago(newest.secondsAgo)} ago`;
  return { state: 'failed', found: `no worker was heard of within two minutes; ${last}` };
}

/** What a worker and this API must have in common. */
function ownOf({ version, jobs: theirs, startedAt, secondsAgo }: SeenProcess, ours: JobConfiguration): string | Finding {
  const found = `${version}, started ${startedAt.slice(0, 16)}Z, heard of ${ago(secondsAgo)} ago`;
  if (version !== VERSION)
    return { state: 'warning', found: `${found}; the API is ${VERSION}`, mend: 'Bring both to one version, as a finished upgrade does.' };
  if (theirs !== digestOf(ours))
    return {
      state: 'warning',
      found: `${found}; it works with another job configuration than the API`,
      mend: 'Give both the same file by TITRATE_JOB_CONFIGURATION and restart them: plans are made by the one and jobs by the other.',
    };
  return found;
}

/** Of several workers each finding says whose it is. */
const told = ({ instance }: SeenProcess, check: Check, workers: number): Check =>
  workers === 1 ? check : { ...check, name: `${check.name} (${instance})` };

function ago(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded < 120) return `${rounded} s`;
  return rounded < 7200 ? `${Math.round(rounded / 60)} min` : `${Math.round(rounded / 3600)} h`;
}
