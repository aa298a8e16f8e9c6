import type { CorpusSummary } from '@titrate/contracts';
import { lengthWarnings } from './length-warnings.ts';
import { corpusOfStage, settingsOfStage, tokensOfStage } from './stage-settings.ts';
import { stagePath, type StagedPoint } from './stages.ts';

/** What a person should know of the stages of a plan that is allowed as it is. Each is one sentence, told once. */
export function stageWarnings(corpus: CorpusSummary, others: readonly CorpusSummary[], points: readonly StagedPoint[]): string[] {
  const staged = points.filter(({ arms }) => arms.length > 0);
  return [...new Set([...staged.flatMap((point) => ofLength(point, corpus, others)), ...missingCleanArms(staged)])];
}

function ofLength({ point, arms }: StagedPoint, corpus: CorpusSummary, others: readonly CorpusSummary[]): string[] {
  const { stage } = arms.at(-1)!;
  return lengthWarnings({
    name: `${point.size.name} in stage ${stage.name}`,
    tokens: tokensOfStage(point, stage),
    training: settingsOfStage(point, stage),
    corpus: corpusOfStage(stage, corpus, others),
    warmsUp: stage.schedule === 'anew',
  });
}

const isClean = ({ point, arms }: StagedPoint): boolean => point.dose === 0 && arms.every(({ dose }) => dose === 0);

/**
 * A stage without a clean run of its own is held against the clean pre-training, so what its text alone does to a model counts as
 * effect; behind a base there is no such pre-training, and nothing to be held against.
 */
function missingCleanArms(staged: readonly StagedPoint[]): string[] {
  const armOf = (one: StagedPoint): string =>
    `${stagePath(one)} of ${one.point.size.name}, ${one.point.tokens} tokens, seed ${one.point.seed}`;
  const clean = new Set(staged.filter(isClean).map(armOf));
  const lacking = new Map(staged.map((one) => [armOf(one), one] as const).filter(([arm]) => !clean.has(arm)));
  return [...Map.groupBy(lacking.values(), stagePath)].map(([path, missing]) => {
    const told = `stage ${path} has no clean arm (${missing.length} are missing, the first for ${armOf(missing[0]!)})`;
    return missing.some(({ point }) => point.size.imported !== null)
      ? `${told}: effects cannot be told there, only increases; add dose 0 to the stage`
      : `${told}: its effects are held against the clean pre-training, so they contain what the stage does to a model without poison`;
  });
}
