import { trainedStage, type CellStatus, type Run } from '@titrate/contracts';

/** One line of a watched sweep: a cell and what is known of its run right now. */
export interface RunRow {
  readonly run: string;
  readonly size: string;
  readonly tokens: number;
  readonly dose: number;
  readonly seed: number;
  readonly stage: string;
  readonly stageDose: number;
  readonly counterexamples: number;
  /** The run's state, or `reused` where it had finished before the sweep was submitted. */
  readonly state: string;
  /** Why it failed, or what its job waits for. */
  readonly reason: string | null;
  readonly step: number;
  readonly steps: number;
  readonly tokensPerSecond: number | null;
  readonly clean: number | null;
  readonly triggered: number | null;
  /** The step of the newest evaluation. */
  readonly evaluatedStep: number | null;
  readonly attempts: number;
  readonly etaSeconds: number | null;
}

/** States in which nothing more will happen to a run by itself. */
export const settledStates: readonly string[] = ['finished', 'failed', 'reused', 'idle'];

/** Joins a sweep's cells with their runs. */
export function runRows(cells: readonly CellStatus[], runs: readonly Run[]): RunRow[] {
  const known = new Map(runs.map((run) => [run.id, run]));
  return cells.map((cell) => rowOf(cell, known.get(cell.run)));
}

function rowOf(cell: CellStatus, run: Run | undefined): RunRow {
  const progress = cell.state === 'running' ? (run?.progress ?? null) : null;
  const step = Math.max(cell.step, progress?.step ?? 0);
  const tokensPerSecond = progress?.tokensPerSecond ?? null;
  const stage = run && trainedStage(run.identity);
  const tokensPerStep = stage ? stage.batchInstances * stage.sequenceLength : null;
  return {
    run: cell.run,
    size: cell.size,
    tokens: cell.tokens,
    dose: cell.dose,
    seed: cell.seed,
    stage: cell.stage,
    stageDose: cell.stageDose,
    counterexamples: cell.counterexamples,
    state: cell.reused ? 'reused' : cell.state,
    reason: cell.reason ?? run?.waiting ?? null,
    step,
    steps: cell.steps,
    tokensPerSecond,
    clean: cell.latest?.cleanPerplexity ?? null,
    triggered: cell.latest?.triggeredPerplexity ?? null,
    evaluatedStep: cell.latest?.step ?? null,
    attempts: run?.attempts ?? 0,
    etaSeconds: etaSeconds({ step, steps: cell.steps, tokensPerStep, tokensPerSecond }),
  };
}

/** Seconds until the last step at the present speed; null while the speed is not known. Evaluations that follow are not in it. */
export function etaSeconds({
  step,
  steps,
  tokensPerStep,
  tokensPerSecond,
}: {
  step: number;
  steps: number;
  tokensPerStep: number | null;
  tokensPerSecond: number | null;
}): number | null {
  if (tokensPerStep === null || tokensPerSecond === null || tokensPerSecond <= 0) return null;
  return (Math.max(0, steps - step) * tokensPerStep) / tokensPerSecond;
}
