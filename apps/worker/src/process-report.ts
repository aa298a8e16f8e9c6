import { readFileSync } from 'node:fs';
import { askAll, digestOf, type JobConfiguration, type ProcessReport, type Question } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import type { Logger } from 'pino';
import { pause } from './pause.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** Whoever asks for a diagnosis thinks that a worker is gone which has been silent for two of them. */
const EVERY_MS = 60_000;

/** Of questions that the API asks as well, the one that may be answered otherwise from here. */
export const fromHere = (questions: readonly Question[], name: string): Question[] =>
  questions.filter((question) => question.name === name).map((question) => ({ ...question, name: `${name}, for the worker` }));

/** What a worker says of itself, and where. */
export interface ReportParts {
  readonly records: Pick<Records, 'reportProcess' | 'processEnded'>;
  /** As Temporal knows this worker. */
  readonly instance: string;
  readonly jobs: JobConfiguration;
  /** Asked for anew each time: some of them share an answer. */
  readonly questions: () => readonly Question[];
}

/**
 * Tells the records each minute that this worker lives and what it finds of what it needs, so that whoever asks the API for a
 * diagnosis is told of this process too. Takes itself back when the signal is aborted, and returns then.
 */
export async function reportProcess(
  { records, instance, jobs, questions }: ReportParts,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const head = { instance, kind: 'worker', version, startedAt: new Date().toISOString(), jobs: digestOf(jobs) } as const;
  const quietly = (telling: Promise<void>, trouble: string): Promise<void> =>
    telling.catch((error: unknown) => logger.warn({ err: error }, trouble));
  while (!signal.aborted) {
    const report: ProcessReport = { ...head, checks: await askAll(questions()) };
    if (!signal.aborted) await quietly(records.reportProcess(report), 'what this worker finds could not be told');
    await pause(EVERY_MS, signal);
  }
  await quietly(records.processEnded(instance), 'the end of this worker could not be told');
}
