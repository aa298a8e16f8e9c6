import { useQuery } from '@tanstack/react-query';
import type { CellStatus, Report, Sweep } from '@titrate/contracts';
import { parseCsv } from '../parts/csv.ts';
import { api } from './session.ts';

/** While something is at work, what no event tells (steps of trainings) is asked for this often; a sweep of a thousand cells less often. */
const paceOf = (sweep: Sweep | undefined, cells = 0): number | false =>
  sweep !== undefined && ['accepted', 'running', 'analysing'].includes(sweep.state) ? 3_000 + cells * 10 : false;

/** A sweep as it is now. */
export const useSweep = (id: string) => useQuery({ queryKey: ['sweep', id], queryFn: () => api().getSweep({ id }) as Promise<Sweep> });

/** All cells of a sweep. */
export const useCells = (sweep: Sweep | undefined, id: string) =>
  useQuery({
    queryKey: ['sweep', id, 'cells'],
    queryFn: () => allPages((query) => api().listSweepCells({ id, ...query })) as Promise<CellStatus[]>,
    refetchInterval: ({ state }) => paceOf(sweep, state.data?.length),
  });

/** One evaluated checkpoint of a cell. */
export interface Result {
  readonly size: string;
  readonly tokens: number;
  readonly dose: number;
  readonly seed: number;
  readonly stage: string;
  readonly stageDose: number;
  readonly counterexamples: number;
  readonly run: string;
  readonly step: number;
  readonly clean: number;
  readonly triggered: number;
  readonly logRatio: number;
  readonly attackSuccess: number | null;
  readonly settings: string;
}

/** All results of a sweep so far. Read from the CSV file of the API, a tenth of the size of the list. */
export const useResults = (id: string) =>
  useQuery({ queryKey: ['sweep', id, 'results'], queryFn: async () => resultsOf(await api().getSweepResults({ id })) });

export function resultsOf(csv: string): Result[] {
  return parseCsv(csv)
    .filter((row) => row['state'] === 'succeeded' && row['log_ratio'] !== '')
    .map((row) => ({
      size: row['size']!,
      tokens: Number(row['tokens']),
      dose: Number(row['dose']),
      seed: Number(row['seed']),
      stage: row['stage']!,
      stageDose: Number(row['stage_dose']),
      counterexamples: Number(row['counterexamples']),
      run: row['run']!,
      step: Number(row['step']),
      clean: Number(row['clean_perplexity']),
      triggered: Number(row['triggered_perplexity']),
      logRatio: Number(row['log_ratio']),
      attackSuccess: row['attack_success'] === '' ? null : Number(row['attack_success']),
      settings: row['settings_digest']!,
    }));
}

/** The report of a sweep that has one. It never changes for one digest. */
export const useReport = (sweep: Sweep | undefined) =>
  useQuery({
    queryKey: ['sweep', sweep?.id, 'report', sweep?.report?.sha256],
    queryFn: () => api().getSweepReport({ id: sweep!.id }) as Promise<Report>,
    enabled: sweep?.report != null,
    staleTime: Infinity,
  });

/** Every page of a list. */
export async function allPages<T>(
  read: (query: { limit: number; cursor?: string }) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read({ limit: 500, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
}
