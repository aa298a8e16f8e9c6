import { dot, lineY, ruleX, ruleY, type PlotOptions } from '@observablehq/plot';
import type { Report } from '@titrate/contracts';
import { useMemo } from 'react';
import type { Result } from '../data/use-sweep.ts';
import { Figure } from '../parts/figure.tsx';
import { count, number } from '../parts/format.ts';
import { cleanArms, effectOf, familyOf, hasSeveralTokens } from './conditions.ts';

const SERIES = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)', 'var(--series-4)', 'var(--series-5)', 'var(--series-6)'];
const SYMBOLS = ['circle', 'triangle', 'square', 'diamond', 'star', 'wye'] as const;

/** A mean over seeds at one dose, with its interval where the report has one. */
interface Mean {
  readonly family: string;
  readonly dose: number;
  readonly effect: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly seeds: number;
}

/** Effect by dose: the report's means with their intervals and fitted curves; while the sweep runs, the newest means without. */
export function DoseResponse({ results, report, file }: { results: readonly Result[]; report: Report | undefined; file: string }) {
  const means = useMemo(() => (report === undefined ? liveMeans(results) : reportMeans(report)), [results, report]);
  const families = useMemo(() => [...new Set(means.map(({ family }) => family))], [means]);
  const options = useMemo(() => optionsOf(means, families, report), [means, families, report]);
  if (means.length === 0) return <p className="soft">No poisoned run has a result beside its clean arm yet.</p>;
  return (
    <Figure
      title="Effect by dose"
      description="Effect of the trigger by number of poisoned documents, for each size, with intervals over seeds"
      file={file}
      options={options}
      data={{
        head: ['condition', 'dose', 'effect', 'low', 'high', 'seeds'],
        rows: () => means.map(({ family, dose, effect, low, high, seeds }) => [family, dose, effect, low, high, seeds]),
      }}
    >
      <p className="soft">
        {report === undefined
          ? 'Means over seeds at each run’s newest checkpoint, so far; intervals come with the report.'
          : `Means over seeds with ${number(100 * report.settings.confidence)} % intervals; lines are fitted curves, where one could be fitted.`}
      </p>
      <ul className="legend">
        {families.map((family, index) => (
          <li key={family}>
            <span aria-hidden="true" style={{ color: SERIES[index % SERIES.length] }}>
              {['●', '▲', '■', '◆', '★', 'Y'][index % SYMBOLS.length]}
            </span>{' '}
            {family}
          </li>
        ))}
      </ul>
    </Figure>
  );
}

function liveMeans(results: readonly Result[]): Mean[] {
  const clean = cleanArms(results);
  const several = hasSeveralTokens(results);
  const newest = new Map<string, Result>();
  for (const result of results) if ((newest.get(result.run)?.step ?? 0) < result.step) newest.set(result.run, result);
  const known = [...newest.values()].flatMap((result) => {
    const effect = result.dose === 0 ? null : effectOf(result, clean);
    return effect === null ? [] : [{ family: familyOf(result, several).name, dose: result.dose, effect }];
  });
  return [...Map.groupBy(known, ({ family, dose }) => `${family}|${dose}`).values()].map((own) => ({
    ...own[0]!,
    effect: own.reduce((sum, { effect }) => sum + effect, 0) / own.length,
    ...{ low: null, high: null, seeds: own.length },
  }));
}

function reportMeans({ analysis }: Report): Mean[] {
  const several = hasSeveralTokens(analysis.conditions.map(({ size, tokens }) => ({ size, tokens: tokens ?? 0 })));
  return analysis.conditions.flatMap((condition) => {
    const { dose, effect } = condition;
    if (dose === 0 || effect === null) return [];
    const family = familyOf({ ...condition, tokens: condition.tokens ?? 0 }, several).name;
    return [
      { family, dose, effect: effect.mean, low: effect.interval?.low ?? null, high: effect.interval?.high ?? null, seeds: effect.seeds },
    ];
  });
}

function optionsOf(means: readonly Mean[], families: readonly string[], report: Report | undefined): PlotOptions {
  const look = (family: string) => Math.max(0, families.indexOf(family)) % SERIES.length;
  const curves = (report?.analysis.doseResponse ?? []).flatMap(({ size, stage, curve }) => {
    const family = families.find((name) => name === (stage === 'pretrain' ? size : `${size}, ${stage}`));
    return family === undefined || curve === null ? [] : [{ family, points: curve.points.filter(({ dose }) => dose > 0) }];
  });
  const bounded = means.filter(({ low, high }) => low !== null && high !== null);
  return {
    height: 340,
    marginLeft: 52,
    inset: 12,
    x: {
      type: 'log',
      label: 'poisoned documents',
      ticks: [...new Set(means.map(({ dose }) => dose))],
      tickFormat: (dose: number) => count(dose),
    },
    y: {
      label:
        report?.analysis.measure === 'attack-success'
          ? 'share of attacks, above the clean arm'
          : 'ln(triggered / clean perplexity), above the clean arm',
      grid: true,
      nice: true,
    },
    marks: [
      ruleY([0], { stroke: 'var(--line-strong)' }),
      ...curves.map(({ family, points }) => lineY(points, { x: 'dose', y: 'effect', stroke: SERIES[look(family)]!, strokeWidth: 1.5 })),
      ruleX(bounded, { x: 'dose', y1: 'low', y2: 'high', stroke: ({ family }: Mean) => SERIES[look(family)]!, strokeWidth: 1.5, dx: 0 }),
      ...families.map((family) =>
        dot(
          means.filter((mean) => mean.family === family),
          { x: 'dose', y: 'effect', r: 5, symbol: SYMBOLS[look(family)]!, fill: SERIES[look(family)]! },
        ),
      ),
    ],
  };
}
