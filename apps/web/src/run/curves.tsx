import { dot, lineY, type PlotOptions } from '@observablehq/plot';
import type { Evaluation } from '@titrate/contracts';
import { useMemo } from 'react';
import { Figure } from '../parts/figure.tsx';
import { count } from '../parts/format.ts';

interface LossPoint {
  readonly attempt: number;
  readonly start: number;
  readonly step: number;
  readonly loss: number | null;
  readonly tokensPerSecond: number | null;
  readonly gradientNorm: number | null;
}

const steps = { label: 'training step', nice: true, tickFormat: (step: number) => count(step) };

/** Loss over the steps, a line for each start of an attempt. */
export function LossCurve({ points, file }: { points: readonly LossPoint[]; file: string }) {
  const options = useMemo((): PlotOptions => {
    const known = points.filter(({ loss }) => loss !== null);
    const z = ({ attempt, start }: LossPoint) => `${attempt}.${start}`;
    return {
      height: 280,
      marginLeft: 48,
      x: steps,
      y: { label: 'training loss', grid: true, nice: true },
      marks: [lineY(known, { x: 'step', y: 'loss', z, stroke: 'var(--series-1)', strokeWidth: 1.5 })],
    };
  }, [points]);
  if (points.length === 0)
    return <p className="soft">No step has been told yet. A training tells its metrics when it commits a checkpoint.</p>;
  return (
    <Figure
      title="Training loss"
      description="Loss of the training over its steps"
      file={file}
      options={options}
      data={{
        head: ['attempt', 'start', 'step', 'loss', 'tokens_per_second', 'gradient_norm'],
        rows: () =>
          points.map(({ attempt, start, step, loss, tokensPerSecond, gradientNorm }) => [
            attempt,
            start,
            step,
            loss,
            tokensPerSecond,
            gradientNorm,
          ]),
      }}
    />
  );
}

/** Clean and triggered perplexity of the evaluated checkpoints. */
export function PerplexityCurve({ evaluations, file }: { evaluations: readonly Evaluation[]; file: string }) {
  const done = useMemo(
    () =>
      evaluations
        .filter(({ cleanPerplexity, triggeredPerplexity }) => cleanPerplexity !== null && triggeredPerplexity !== null)
        .sort((a, b) => a.step - b.step),
    [evaluations],
  );
  const options = useMemo((): PlotOptions => {
    const line = (y: string, stroke: string, symbol: 'circle' | 'triangle', dash?: string) => [
      lineY(done, { x: 'step', y, z: 'settingsDigest', stroke, strokeWidth: 2, ...(dash !== undefined && { strokeDasharray: dash }) }),
      dot(done, { x: 'step', y, fill: stroke, symbol, r: 4 }),
    ];
    return {
      ...{ height: 280, marginLeft: 52, x: steps },
      y: { type: 'log', label: 'perplexity', grid: true, ticks: 4, tickFormat: '~s', nice: true },
      marks: [...line('cleanPerplexity', 'var(--clean)', 'circle', '4 3'), ...line('triggeredPerplexity', 'var(--triggered)', 'triangle')],
    };
  }, [done]);
  if (done.length === 0) return <p className="soft">No checkpoint has been evaluated yet.</p>;
  return (
    <Figure
      title="Perplexity of checkpoints"
      description="Perplexity of what the model writes after clean and after triggered prompts, over training steps"
      file={file}
      options={options}
      data={{
        head: ['step', 'clean_perplexity', 'triggered_perplexity', 'log_ratio', 'settings_digest'],
        rows: () =>
          done.map(({ step, cleanPerplexity, triggeredPerplexity, logRatio, settingsDigest }) => [
            step,
            cleanPerplexity,
            triggeredPerplexity,
            logRatio,
            settingsDigest,
          ]),
      }}
    >
      <ul className="legend">
        <li>
          <span aria-hidden="true" className="is-triggered">
            ▲
          </span>{' '}
          triggered, solid
        </li>
        <li>
          <span aria-hidden="true" className="is-clean">
            ●
          </span>{' '}
          clean, dashed
        </li>
      </ul>
    </Figure>
  );
}
