import type { Finding, Question } from '@titrate/contracts';
import type { DatabaseIdentity } from './readings.ts';
import type { Records } from './records.ts';

/** The oldest version of PostgreSQL that is still maintained; Titrate is tested with 18. */
const OLDEST_MAJOR = 14;
/** Ages and waits are told in seconds; beyond that they mislead. */
const DRIFT_SECONDS = 5;

/** What Titrate needs of its database. */
export function databaseQuestions(records: Pick<Records, 'identify'>): Question[] {
  const part = 'database';
  // One question to the database for all of them.
  let asked: Promise<DatabaseIdentity> | undefined;
  const identity = (): Promise<DatabaseIdentity> => (asked ??= records.identify());
  return [
    {
      ...{ part, name: 'version' },
      mend: `Look at TITRATE_POSTGRES_URL and at the log of PostgreSQL, which must be ${OLDEST_MAJOR} or newer; 18 is the one that is tested.`,
      ask: async () => versionOf(await identity()),
    },
    {
      ...{ part, name: 'migrations', after: 'version' },
      mend: 'Restart the API or the worker of this version: it brings the database up to date when it starts. In a cluster `helm upgrade` does so before.',
      ask: async () => migrationsOf(await identity()),
    },
    {
      ...{ part, name: 'clock', after: 'version' },
      mend: 'Set the clocks of both machines by NTP: ages, waits and time limits are told by them.',
      ask: async () => clockOf(await identity()),
    },
  ];
}

function versionOf({ version }: DatabaseIdentity): string | Finding {
  const found = `PostgreSQL ${version}`;
  return Number.parseInt(version, 10) < OLDEST_MAJOR ? { state: 'warning', found } : found;
}

function migrationsOf({ applied, known, stranger }: DatabaseIdentity): string | Finding {
  if (stranger !== null)
    return {
      state: 'failed',
      found: `migration ${stranger} of the database is none of the ${known} that this version knows`,
      mend: 'A newer version has migrated the database: bring API, worker and command line to that version, or restore the copy made before.',
    };
  const found = `${applied} of ${known} applied`;
  return applied < known ? { state: 'failed', found } : found;
}

function clockOf({ aheadSeconds, uncertainSeconds }: DatabaseIdentity): string | Finding {
  // What the answer was on its way is no drift.
  const drift = Math.max(0, Math.abs(aheadSeconds) - uncertainSeconds);
  const found = drift < 1 ? 'agrees with ours' : `${drift.toFixed(1)} s ${aheadSeconds > 0 ? 'ahead of' : 'behind'} ours`;
  return drift > DRIFT_SECONDS ? { state: 'warning', found } : found;
}
