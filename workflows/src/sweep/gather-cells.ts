import type { AnalyseJob, CellStatus, Evaluation, Page, RunState } from '@titrate/contracts';
import type { ListQuery, Records } from '@titrate/records';

type AnalysedCell = AnalyseJob['cells'][number];

const PAGE = 200;

/** All cells of a sweep with their finished evaluations, for the analysis. Reads page by page. */
export async function gatherCells(records: Records, sweep: string): Promise<AnalysedCell[]> {
  const evaluations = Map.groupBy(await everything((query) => records.listEvaluations({ sweep }, query)), ({ run }) => run);
  const cells = await everything((query) => records.listCells(sweep, query));
  return Promise.all(cells.map((cell) => analysed(records, cell, evaluations.get(cell.run) ?? [])));
}

async function analysed(records: Records, cell: CellStatus, evaluations: Evaluation[]): Promise<AnalysedCell> {
  const run = await records.getRun(cell.run);
  if (run === null) throw new Error(`Cannot analyse cell ${cell.size}/${cell.dose}/${cell.seed} as run ${cell.run} must be in the records`);
  const checkpoints = new Map(
    (await everything((query) => records.listCheckpoints(cell.run, query))).map((checkpoint) => [checkpoint.digest, checkpoint.manifest]),
  );
  const { size, tokens, dose, attack, seed, stage, stageDose, counterexamples } = cell;
  return {
    cell: { size, tokens, dose, attack, seed, stage, stageDose, counterexamples, run: cell.run },
    identity: run.identity,
    state: cellState(run.state, evaluations),
    reason: run.reason,
    parameters: run.parameters,
    attempts: run.attempts,
    evaluations: evaluations.flatMap(({ step, object, checkpoint }) => {
      const manifest = checkpoint === null ? undefined : checkpoints.get(checkpoint);
      if (object === null || manifest === undefined) return [];
      return [{ step, tokens: manifest.tokens, poisonDocuments: manifest.poisonDocuments, poisonTokens: manifest.poisonTokens, object }];
    }),
  };
}

/**
 * The state of a cell as its sweep sees it. A run whose results are all there has come to its end for this sweep, though it
 * may go on for others, or be about to write down that it has finished.
 */
export function cellState(run: RunState, evaluations: readonly Pick<Evaluation, 'state'>[]): RunState {
  const isSettled =
    evaluations.length > 0 && evaluations.every(({ state }) => state === 'succeeded' || state === 'failed' || state === 'missing');
  return isSettled && run !== 'failed' ? 'finished' : run;
}

async function everything<T>(list: (query: ListQuery) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await list({ cursor, limit: PAGE });
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
}
