import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Sweep } from '@titrate/contracts';
import { api } from '../data/session.ts';
import { Confirm } from '../parts/confirm.tsx';
import { download } from '../parts/download.ts';

type Change = 'pauseSweep' | 'resumeSweep' | 'cancelSweep' | 'retrySweep';

/** What a person may do with a sweep in its state; each is asked about first. */
export function SweepActions({ sweep }: { sweep: Sweep }) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (what: Change) => api()[what]({ id: sweep.id }),
    onSuccess: (changed) => queries.setQueryData(['sweep', sweep.id], changed),
  });
  const act = (what: Change) => () => change.mutate(what);
  const { state, name } = sweep;
  const isAtWork = state === 'accepted' || state === 'running';
  const saveReport = async () => download(`${name}-report.html`, 'text/html', await api().getSweepReportPage({ id: sweep.id }));
  return (
    <div className="actions">
      {sweep.reportPage !== null && (
        <button type="button" onClick={() => void saveReport()}>
          ↓ Report
        </button>
      )}
      {isAtWork && (
        <Confirm action="Pause" question={`Pause ${name}?`} disabled={change.isPending} onConfirm={act('pauseSweep')}>
          <p>
            Nothing new is started. Runs that no other sweep needs stop behind their next checkpoint; a resumed sweep goes on from there.
          </p>
        </Confirm>
      )}
      {state === 'paused' && (
        <Confirm action="Resume" question={`Resume ${name}?`} disabled={change.isPending} onConfirm={act('resumeSweep')}>
          <p>Its runs go on from their newest checkpoints.</p>
        </Confirm>
      )}
      {(isAtWork || state === 'paused') && (
        <Confirm action="Cancel" danger question={`Cancel ${name}?`} disabled={change.isPending} onConfirm={act('cancelSweep')}>
          <p>The sweep ends. Jobs are stopped where no other sweep needs them; checkpoints and results so far stay.</p>
        </Confirm>
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <Confirm action="Retry" question={`Retry ${name}?`} disabled={change.isPending} onConfirm={act('retrySweep')}>
          <p>What failed or was cancelled is opened again; what finished is kept.</p>
        </Confirm>
      )}
      {change.error !== null && (
        <span role="alert" className="problem">
          {change.error.message}
        </span>
      )}
    </div>
  );
}
