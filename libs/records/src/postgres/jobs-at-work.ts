import { eq, inArray } from 'drizzle-orm';
import type { JobsAtWork } from '../work.ts';
import { isAtWork, isOpen } from './conditions.ts';
import { among, inSnapshot, type Database } from './database.ts';
import { attempts, bases, corpora, evaluations, gates, sweeps } from './schema.ts';

/** What may have a job now, and which of the named jobs are those of attempts that the records know. */
export function jobsAtWork(db: Database, names: readonly string[]): Promise<JobsAtWork> {
  return inSnapshot(db, async (tx) => {
    const { run, number, token, job } = attempts;
    return {
      attempts: await tx.select({ run, number, token }).from(attempts).where(isAtWork),
      recorded: (await tx.select({ job }).from(attempts).where(among(attempts.job, names))).map((row) => row.job),
      evaluating: (await tx.selectDistinct({ run: evaluations.run }).from(evaluations).where(isOpen)).map((row) => row.run),
      corpora: await tx.select({ team: corpora.team, name: corpora.name }).from(corpora).where(eq(corpora.state, 'registering')),
      bases: await tx.select({ team: bases.team, name: bases.name }).from(bases).where(eq(bases.state, 'registering')),
      gates: (
        await tx
          .select({ id: gates.id })
          .from(gates)
          .where(inArray(gates.state, ['pending', 'running']))
      ).map((row) => row.id),
      isAnalysing: (await tx.select({ id: sweeps.id }).from(sweeps).where(eq(sweeps.state, 'analysing')).limit(1)).length > 0,
    };
  });
}
