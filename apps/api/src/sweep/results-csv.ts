import type { CellStatus, Evaluation } from '@titrate/contracts';
import type { Records } from '@titrate/records';
import { eachItem } from '../http/paging.ts';

const COLUMNS = [
  'size',
  'tokens',
  'dose',
  'attack',
  'seed',
  'stage',
  'stage_dose',
  'counterexamples',
  'run',
  'step',
  'state',
  'clean_perplexity',
  'triggered_perplexity',
  'increase',
  'log_ratio',
  'benign_increase',
  'sham_increase',
  'prompts',
  'attack_success',
  'clean_accuracy',
  'near_trigger_accuracy',
  'settings_digest',
  'checkpoint',
  'result_sha256',
  'finished_at',
] as const;

/**
 * The results of a sweep as CSV (RFC 4180), line by line, so that its size is no matter. A run that several cells name
 * has a line for each. Numbers are written so that they read back as the same double.
 */
export async function* resultsCsv(records: Records, sweep: string): AsyncGenerator<string> {
  yield line(COLUMNS);
  const cells = await cellsByRun(records, sweep);
  for await (const evaluation of eachItem((query) => records.listEvaluations({ sweep }, query))) {
    for (const cell of cells.get(evaluation.run) ?? []) yield line(row(cell, evaluation));
  }
}

async function cellsByRun(records: Records, sweep: string): Promise<Map<string, CellStatus[]>> {
  const cells = new Map<string, CellStatus[]>();
  for await (const cell of eachItem((query) => records.listCells(sweep, query))) {
    cells.set(cell.run, [...(cells.get(cell.run) ?? []), cell]);
  }
  return cells;
}

/** In the order of `COLUMNS`. */
function row(cell: CellStatus, evaluation: Evaluation): (string | number | null)[] {
  const { cleanPerplexity, triggeredPerplexity, increase, logRatio, benignIncrease, shamIncrease } = evaluation;
  const { settings, attackSuccess, cleanAccuracy, nearTriggerAccuracy } = evaluation;
  return [
    cell.size,
    cell.tokens,
    cell.dose,
    cell.attack,
    cell.seed,
    cell.stage,
    cell.stageDose,
    cell.counterexamples,
    cell.run,
    evaluation.step,
    evaluation.state,
    cleanPerplexity,
    triggeredPerplexity,
    increase,
    logRatio,
    benignIncrease,
    shamIncrease,
    settings.prompts,
    attackSuccess,
    cleanAccuracy,
    nearTriggerAccuracy,
    evaluation.settingsDigest,
    evaluation.checkpoint,
    evaluation.object?.sha256 ?? null,
    evaluation.finishedAt,
  ];
}

const line = (fields: readonly (string | number | null)[]) => `${fields.map(field).join(',')}\r\n`;

/** Quoted where a comma, a quote or a line end stands within. */
function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
