import type { RunState } from '@titrate/contracts';
import { and, eq } from 'drizzle-orm';
import type { Change } from './change.ts';
import { demands, runs } from './schema.ts';

/** Sets the state of a run that the caller has locked, with what goes along. */
export async function setState(inHand: Change, run: string, state: RunState, more: Partial<typeof runs.$inferInsert>): Promise<void> {
  await inHand.tx
    .update(runs)
    .set({ state, ...more })
    .where(eq(runs.id, run));
}

/** No sweep has the run taken up any more; whether one had. */
export async function letGo(inHand: Change, run: string): Promise<boolean> {
  const { rowCount } = await inHand.tx
    .update(demands)
    .set({ takenUp: false })
    .where(and(eq(demands.run, run), eq(demands.takenUp, true)));
  return (rowCount ?? 0) > 0;
}
