import type { DetectableEffect, SweepSpec } from '@titrate/contracts';
import type { GridPoint } from './cells.ts';
import { ASSUMED_SEED_SD, detectableLogRatio } from './power.ts';

/** What the seeds of each size and number of tokens can detect; conditions are its doses above 0, with their placements. */
export function detectableEffects(spec: Pick<SweepSpec, 'analysis'>, points: readonly GridPoint[]): DetectableEffect[] {
  const { confidence } = spec.analysis;
  const poisoned = points.filter(({ dose }) => dose > 0);
  const conditionOf = ({ size, tokens, dose, placement }: GridPoint): string => `${size.name} ${tokens} ${dose} ${placement}`;
  const seedsOf = new Map<string, Set<number>>();
  for (const point of poisoned) seedsOf.set(conditionOf(point), (seedsOf.get(conditionOf(point)) ?? new Set()).add(point.seed));
  const groups = Map.groupBy(poisoned, ({ size, tokens }) => `${size.name} ${tokens}`);
  const known = new Map<string, number | null>();
  const detectable = (seeds: number, conditions: number): number | null => {
    const key = `${seeds} ${conditions}`;
    if (!known.has(key)) known.set(key, detectableLogRatio(seeds, confidence, conditions));
    return known.get(key) ?? null;
  };
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const seeds = Math.min(...group.map((point) => seedsOf.get(conditionOf(point))?.size ?? 1));
    return [
      {
        ...{ size: first.size.name, tokens: first.tokens, seeds, seedSd: ASSUMED_SEED_SD, confidence },
        ...{ logRatio: detectable(seeds, 1), logRatioOfAll: detectable(seeds, seedsOf.size) },
      },
    ];
  });
}
