import type { ProcessReport } from '@titrate/contracts';
import { desc, eq, sql } from 'drizzle-orm';
import type { DatabaseIdentity, SeenProcess } from '../readings.ts';
import type { Database } from './database.ts';
import { knownMigrations } from './migrate.ts';
import { processes } from './schema-views.ts';

/** What the database tells of itself. Its migrations are read as they are: where none was ever made there is no table of them. */
export async function identify(db: Database): Promise<DatabaseIdentity> {
  const askedAt = Date.now();
  const { rows } = await db.execute<{ version: string; now: string; migrated: boolean }>(
    sql`select current_setting('server_version') as version, extract(epoch from clock_timestamp()) as now, to_regclass('migrations') is not null as migrated`,
  );
  const answeredAt = Date.now();
  const { version, now, migrated } = rows[0]!;
  const known = knownMigrations();
  const applied = migrated ? (await db.execute<{ digest: string }>(sql`select digest from migrations order by position`)).rows : [];
  const stranger = applied.findIndex(({ digest }, index) => known[index]?.hash !== digest);
  return {
    version: version.split(' ')[0]!,
    aheadSeconds: Number(now) - (askedAt + answeredAt) / 2000,
    uncertainSeconds: (answeredAt - askedAt) / 2000,
    applied: applied.length,
    known: known.length,
    stranger: stranger === -1 ? null : stranger + 1,
  };
}

/** One that has been silent for so long is no news any more. */
const FORGOTTEN = sql`now() - interval '1 day'`;

export async function reportProcess(db: Database, report: ProcessReport): Promise<void> {
  const row = { instance: report.instance, report, seenAt: sql`now()` };
  await db.insert(processes).values(row).onConflictDoUpdate({ target: processes.instance, set: row });
  await db.delete(processes).where(sql`${processes.seenAt} < ${FORGOTTEN}`);
}

export async function processEnded(db: Database, instance: string): Promise<void> {
  await db.delete(processes).where(eq(processes.instance, instance));
}

export async function listProcesses(db: Database): Promise<SeenProcess[]> {
  const secondsAgo = sql<number>`extract(epoch from now() - ${processes.seenAt})::float8`;
  const rows = await db.select({ report: processes.report, secondsAgo }).from(processes).orderBy(desc(processes.seenAt));
  return rows.map(({ report, secondsAgo }) => ({ ...report, secondsAgo }));
}
