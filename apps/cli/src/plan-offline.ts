import { existsSync } from 'node:fs';
import { BaseManifest, BaseSummary, CorpusManifest, CorpusSummary, type SweepSpec } from '@titrate/contracts';
import {
  isCorpus,
  JobConfigurationInvalid,
  parseJobConfiguration,
  planSweep,
  summariseBase,
  summariseCorpus,
  type JobContext,
  type PlanOutcome,
} from '@titrate/planning';
import { BadUsage } from './exit-codes.ts';
import { readText } from './files.ts';

/** What a plan without a server is told. */
export interface OfflineOptions {
  readonly corpusManifest?: string[];
  readonly baseManifest?: string[];
  readonly usdPerGpuHour?: number;
  readonly jobs?: string;
  readonly team: string;
}

/** The summaries of corpora beside a spec, as presets bring them: NAME.corpus.json beside NAME.sweep.yaml. */
export function summaryBeside(specPath: string): string[] | undefined {
  const path = `${specPath.replace(/(\.sweep)?\.(ya?ml|json)$/, '')}.corpus.json`;
  return existsSync(path) ? [path] : undefined;
}

/**
 * Plans with what lies in files, as the server would with what it knows.
 *
 * @throws BadUsage where a file or the price cannot be used.
 */
export function planOffline(spec: SweepSpec, corpusPaths: readonly string[], options: OfflineOptions): PlanOutcome {
  const price = options.usdPerGpuHour ?? null;
  if (price !== null && !(price >= 0))
    throw new BadUsage(`Cannot plan as --usd-per-gpu-hour must be a number of 0 or more: current value is ${price}`);
  const [corpus, ...others] = corporaOf(spec, corpusPaths);
  const bases = (options.baseManifest ?? []).flatMap((path) => readAll(path, baseOf));
  const jobs = options.jobs === undefined ? {} : { jobs: jobsOf(options.jobs) };
  return planSweep(spec, { team: options.team, corpus, others, bases, usdPerGpuHour: price, ...jobs });
}

function jobsOf(path: string): JobContext {
  try {
    return { configuration: parseJobConfiguration(path, readText(path)), nodes: null };
  } catch (error) {
    if (error instanceof JobConfigurationInvalid) throw new BadUsage(error.message);
    throw error;
  }
}

/** The corpora of the files, that of the spec first; were it not among them, planning says which was expected. */
function corporaOf(spec: SweepSpec, paths: readonly string[]): [CorpusSummary, ...CorpusSummary[]] {
  const summaries = paths.flatMap((path) => readAll(path, corpusOf));
  const isFirst = (summary: CorpusSummary): boolean => isCorpus(summary, spec.corpus);
  const [first, ...rest] = [...summaries.filter(isFirst), ...summaries.filter((summary) => !isFirst(summary))];
  if (first === undefined) throw new BadUsage('Cannot plan as the files of corpora must hold one: current value is []');
  return [first, ...rest];
}

/** What a file holds: a manifest or a summary, or a list of them. */
function readAll<T>(path: string, read: (where: string, value: unknown) => T): T[] {
  const value = jsonOf(path, readText(path));
  return Array.isArray(value) ? value.map((one, index) => read(`${path}[${index}]`, one)) : [read(path, value)];
}

/** A manifest, or the summary that planning makes of one. */
function corpusOf(where: string, value: unknown): CorpusSummary {
  const summary = CorpusSummary.safeParse(value);
  if (summary.success) return summary.data;
  const parsed = CorpusManifest.safeParse(value);
  if (parsed.success) return summariseCorpus(parsed.data);
  throw unusable(where, 'a corpus manifest', parsed.error.issues);
}

/** The same of a base. */
function baseOf(where: string, value: unknown): BaseSummary {
  const summary = BaseSummary.safeParse(value);
  if (summary.success) return summary.data;
  const parsed = BaseManifest.safeParse(value);
  if (parsed.success) return summariseBase(parsed.data);
  throw unusable(where, 'a base manifest', parsed.error.issues);
}

function unusable(
  where: string,
  as: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): BadUsage {
  return new BadUsage(
    `Cannot use ${where} as ${as}:`,
    issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadUsage(`Cannot use ${path} as it must be JSON: ${(error as Error).message}`);
  }
}
