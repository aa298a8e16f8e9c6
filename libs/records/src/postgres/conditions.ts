import { sql, type SQL } from 'drizzle-orm';
import { attempts, demands, evaluationDemands, evaluations, sweeps } from './schema.ts';

// Rules about rows that several queries share, each as one SQL condition, so that they are stated once.

/** The evaluation has no outcome yet. */
export const isOpen: SQL = sql`${evaluations.state} in ('waiting', 'running')`;

/** The attempt has not ended. */
export const isAtWork: SQL = sql`${attempts.state} in ('launched', 'running')`;

/** The sweep's demands count. */
export const isLive: SQL = sql`${sweeps.state} in ('accepted', 'running', 'paused', 'analysing')`;

/** Some sweep in one of these states asks for the evaluation. */
const isAskedBySweepIn = (states: SQL): SQL => sql`exists (
  select 1 from evaluation_demands l join sweeps s on s.id = l.sweep
  where l.run = ${evaluations.run} and l.step = ${evaluations.step} and l.settings_digest = ${evaluations.settingsDigest} and s.state in (${states}))`;

/** A live sweep or a person asks for the evaluation. */
export const isDemanded: SQL = sql`(${evaluations.asked} or ${isAskedBySweepIn(sql`'accepted', 'running', 'paused', 'analysing'`)})`;

/** As {@link isDemanded}, and not only by paused sweeps. */
export const isDemandedNow: SQL = sql`(${evaluations.asked} or ${isAskedBySweepIn(sql`'accepted', 'running', 'analysing'`)})`;

/** The demand waits for an evaluation. A demand that waits for none is settled. */
export const owes: SQL = sql`exists (
  select 1 from evaluation_demands l join evaluations e on e.run = l.run and e.step = l.step and e.settings_digest = l.settings_digest
  where l.sweep = ${demands.sweep} and l.run = ${demands.run} and e.state in ('waiting', 'running'))`;

/** Joins an evaluation to what sweeps ask. */
export const asksFor: SQL = sql`${evaluationDemands.run} = ${evaluations.run} and ${evaluationDemands.step} = ${evaluations.step} and ${evaluationDemands.settingsDigest} = ${evaluations.settingsDigest}`;
