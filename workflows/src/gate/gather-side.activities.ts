import { ObjectAltered } from '@titrate/artifact-store';
import { Report, type GatedCell, type StoredObject } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';
import { readDocument } from '../read-document.ts';
import { gatherCells } from '../sweep/gather-cells.ts';

/**
 * The cells of one side as its report tells them: a sweep that was amended or retried since has more, which was not accepted, or was not there
 * when the gate was asked for.
 *
 * @throws ObjectAltered when the report is gone.
 */
export async function gatherSide(
  { records, store }: Pick<Dependencies, 'records' | 'store'>,
  sweep: string,
  object: StoredObject,
): Promise<GatedCell[]> {
  const report = await readDocument(store, object, Report);
  if (report === null)
    throw new ObjectAltered(object.key, `Cannot hold a gate over sweep ${sweep} as its report must be in the store: ${object.key} is not`);
  const told = new Map(report.cells.map(({ run, points }) => [run, new Set(points.map(({ evaluation }) => evaluation))]));
  const usage = new Map((await records.listUsage(sweep)).map(({ run, ...took }) => [run, took]));
  const demanded = await countDemanded(records, sweep);
  const cells = (await gatherCells(records, sweep)).filter(({ cell }) => told.has(cell.run));
  return cells.map((cell) => ({
    ...cell,
    evaluations: cell.evaluations.filter(({ object: { sha256 } }) => told.get(cell.cell.run)?.has(sha256)),
    demanded: demanded.get(cell.cell.run) ?? 0,
    ...(usage.get(cell.cell.run) ?? { tokensPerSecond: null, mfu: null, gpuSeconds: 0 }),
  }));
}

/** Evaluations that the sweep asks for, by run. */
async function countDemanded(records: Dependencies['records'], sweep: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let cursor: string | undefined; ;) {
    const page = await records.listEvaluations({ sweep }, { cursor, limit: 200 });
    for (const { run } of page.items) counts.set(run, (counts.get(run) ?? 0) + 1);
    if (page.next === null) return counts;
    cursor = page.next;
  }
}
