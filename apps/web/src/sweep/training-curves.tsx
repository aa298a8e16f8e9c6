import { areaY, lineY, text, type PlotOptions } from '@observablehq/plot';
import { useMemo, useState } from 'react';
import type { Result } from '../data/use-sweep.ts';
import { Figure } from '../parts/figure.tsx';
import { count } from '../parts/format.ts';
import { bandsOf, familyOf, hasSeveralTokens, type Band } from './conditions.ts';

/** Families drawn below each other at once; more are chosen from. */
const AT_ONCE = 4;
const SERIES = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)', 'var(--series-4)', 'var(--series-5)', 'var(--series-6)'];

interface Point extends Band {
  readonly family: string;
  readonly dose: number;
  readonly condition: 'clean' | 'triggered';
}

/** Clean against triggered perplexity over training: means over seeds, with the range of seeds as a band. */
export function TrainingCurves({ results, file }: { results: readonly Result[]; file: string }) {
  const points = useMemo(() => pointsOf(results), [results]);
  const families = useMemo(() => [...new Set(points.map(({ family }) => family))], [points]);
  const [chosen, setChosen] = useState('');
  const shown = useMemo(
    () => points.filter(({ family }) => (chosen === '' ? families.indexOf(family) < AT_ONCE : family === chosen)),
    [points, families, chosen],
  );
  const options = useMemo(() => optionsOf(shown), [shown]);
  if (points.length === 0) return <p className="soft">No checkpoint has been evaluated yet.</p>;
  const head = ['condition', 'dose', 'prompt', 'step', 'perplexity', 'least', 'largest', 'seeds'];
  const rows = () =>
    points.map(({ family, dose, condition, step, mean, low, high, seeds }) => [family, dose, condition, step, mean, low, high, seeds]);
  return (
    <Figure
      title="Perplexity over training"
      description="Perplexity of what each model writes after clean and after triggered prompts, over training steps, by size and dose"
      file={file}
      options={options}
      data={{ head, rows }}
    >
      <p className="soft">
        <strong>solid</strong> triggered, <strong>dashed</strong> clean; the number at the end of a line is its dose. Geometric means over
        seeds; bands reach from the least seed to the largest.
      </p>
      {families.length > AT_ONCE && (
        <label>
          Condition{' '}
          <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">the first {AT_ONCE}</option>
            {families.map((family) => (
              <option key={family}>{family}</option>
            ))}
          </select>
        </label>
      )}
    </Figure>
  );
}

function pointsOf(results: readonly Result[]): Point[] {
  const several = hasSeveralTokens(results);
  const groups = Map.groupBy(results, (result) => `${familyOf(result, several).name}|${result.dose}`);
  return [...groups.values()].flatMap((own) => {
    const { name: family } = familyOf(own[0]!, several);
    const { dose } = own[0]!;
    const of = (condition: 'clean' | 'triggered') =>
      bandsOf(own, (result) => result[condition]).map((band) => ({ ...band, family, dose, condition }));
    return [...of('clean'), ...of('triggered')];
  });
}

function optionsOf(points: readonly Point[]): PlotOptions {
  const doses = [...new Set(points.map(({ dose }) => dose))].sort((a, b) => a - b);
  const colour = (dose: number) => SERIES[doses.indexOf(dose) % SERIES.length]!;
  const families = new Set(points.map(({ family }) => family)).size;
  const ends = [
    ...Map.groupBy(
      points.filter(({ condition }) => condition === 'triggered'),
      ({ family, dose }) => `${family}|${dose}`,
    ).values(),
  ].map((own) => own.at(-1)!);
  const place = { x: 'step', fy: 'family' } as const;
  const lines = (condition: Point['condition']) => points.filter((point) => point.condition === condition);
  return {
    height: 40 + 210 * Math.max(1, families),
    marginRight: 64,
    marginLeft: 52,
    x: { label: 'training step', nice: true, tickFormat: (step: number) => count(step) },
    y: { type: 'log', label: 'perplexity', grid: true, ticks: 4, tickFormat: '~s', nice: true },
    fy: { label: null, axis: families > 1 ? 'right' : null, padding: 0.14 },
    marks: [
      ...doses.flatMap((dose) => {
        const own = (condition: Point['condition']) => lines(condition).filter((point) => point.dose === dose);
        return [
          areaY(own('triggered'), { ...place, y1: 'low', y2: 'high', fill: colour(dose), fillOpacity: 0.16 }),
          lineY(own('clean'), { ...place, y: 'mean', stroke: colour(dose), strokeDasharray: '4 3', strokeWidth: 1.5 }),
          lineY(own('triggered'), { ...place, y: 'mean', stroke: colour(dose), strokeWidth: 2, marker: 'circle' }),
        ];
      }),
      text(ends, {
        ...place,
        y: 'mean',
        text: ({ dose }: Point) => count(dose),
        fill: ({ dose }: Point) => colour(dose),
        dx: 6,
        textAnchor: 'start',
        fontWeight: 600,
      }),
    ],
  };
}
