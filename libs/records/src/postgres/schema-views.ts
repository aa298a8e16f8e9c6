import type { ProcessReport } from '@titrate/contracts';
import { doublePrecision, json, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

// What the ledger can be asked for again, or what is soon replaced.

/** Sums over the ledger that metrics show: by metric and by the values of its labels, as JSON. */
export const tallies = pgTable(
  'tallies',
  {
    metric: text('metric').notNull(),
    labels: text('labels').notNull(),
    value: doublePrecision('value').notNull(),
  },
  (table) => [primaryKey({ columns: [table.metric, table.labels] })],
);

/** What processes of the control plane told of themselves last. */
export const processes = pgTable('processes', {
  instance: text('instance').primaryKey(),
  report: json('report').$type<ProcessReport>().notNull(),
  seenAt: timestamp('seen_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
});
