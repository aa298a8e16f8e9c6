import { useQuery } from '@tanstack/react-query';
import type { Attempt, Checkpoint, Evaluation, EvaluationResult, Run } from '@titrate/contracts';
import { api } from './session.ts';
import { allPages } from './use-sweep.ts';

/** While the run is at work its step is asked for this often: no event tells it. */
const paceOf = (run: Run | undefined): number | false =>
  run !== undefined && ['running', 'evaluating'].includes(run.state) ? 2_000 : false;

export const useRun = (id: string) =>
  useQuery({
    queryKey: ['run', id],
    queryFn: () => api().getRun({ id }) as Promise<Run>,
    refetchInterval: ({ state }) => paceOf(state.data),
  });

export const useAttempts = (run: Run) =>
  useQuery({
    queryKey: ['run', run.id, 'attempts'],
    queryFn: () => allPages((query) => api().listRunAttempts({ id: run.id, ...query })) as Promise<Attempt[]>,
  });

export const useCheckpoints = (run: Run) =>
  useQuery({
    queryKey: ['run', run.id, 'checkpoints'],
    queryFn: () => allPages((query) => api().listRunCheckpoints({ id: run.id, ...query })) as Promise<Checkpoint[]>,
  });

export const useEvaluations = (run: Run) =>
  useQuery({
    queryKey: ['run', run.id, 'evaluations'],
    queryFn: () => allPages((query) => api().listRunEvaluations({ id: run.id, ...query })) as Promise<Evaluation[]>,
  });

/** Loss and speed over the steps; asked for now and then while the run trains, as reading them costs the store some requests. */
export const useMetrics = (run: Run) =>
  useQuery({
    queryKey: ['run', run.id, 'metrics'],
    queryFn: async () => (await api().getRunMetrics({ id: run.id })).points,
    refetchInterval: run.state === 'running' ? 10_000 : false,
  });

/** The stored result behind an evaluation, with its samples. It never changes. */
export const useResult = ({ run, checkpoint, settingsDigest }: Evaluation) =>
  useQuery({
    queryKey: ['result', run, checkpoint, settingsDigest],
    queryFn: () => api().getEvaluationResult({ id: run, digest: checkpoint!, settings: settingsDigest }) as Promise<EvaluationResult>,
    enabled: checkpoint !== null,
    staleTime: Infinity,
  });
