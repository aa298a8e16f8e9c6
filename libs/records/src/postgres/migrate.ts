import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';
import { inTransaction, type Database, type Transaction } from './database.ts';

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** The migrations that this version knows, in their order. */
export const knownMigrations = (): MigrationMeta[] => readMigrationFiles({ migrationsFolder });

/** Keeps two programs that start at the same time from migrating together. */
const MIGRATION_LOCK = 7_140_262;

/** The database was made by a newer version, or by other migrations than ours. Nothing was changed. */
export class DatabaseNewer extends Error {
  readonly code = 'database-newer';

  constructor(position: number, known: number) {
    super(
      `Cannot use the database as its migrations must be those of this version: migration ${position} is none of the ${known} that this version knows. Start the version that migrated it, or restore the copy made before`,
    );
    this.name = 'DatabaseNewer';
  }
}

/**
 * Brings the schema to this version, in one transaction under one lock: either all of it or nothing.
 *
 * @throws DatabaseNewer
 */
export async function migrate(db: Database): Promise<void> {
  const known = knownMigrations();
  await inTransaction(db, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await tx.execute(
      sql`create table if not exists migrations (position integer primary key, digest text not null, applied_at timestamptz not null default now())`,
    );
    const { rows } = await tx.execute<{ digest: string }>(sql`select digest from migrations order by position`);
    const stranger = rows.findIndex(({ digest }, index) => known[index]?.hash !== digest);
    if (stranger !== -1) throw new DatabaseNewer(stranger + 1, known.length);
    for (let index = rows.length; index < known.length; index++) await apply(tx, known[index]!, index + 1);
  });
}

async function apply(tx: Transaction, migration: MigrationMeta, position: number): Promise<void> {
  for (const statement of migration.sql) await tx.execute(sql.raw(statement));
  await tx.execute(sql`insert into migrations (position, digest) values (${position}, ${migration.hash})`);
}
