import type { Cell, Demand, Estimate, EvaluationSettings, PlannedRun, SweepSpec, TrainingSettings } from '@titrate/contracts';
import { recipeAttack } from './attacks.ts';
import { stepsFor, type GridPoint } from './cells.ts';
import { evaluationSettingsOf, selectSteps } from './demand.ts';
import { estimateRun } from './estimate.ts';
import { continueIdentity, identify, importIdentity, runIdOf } from './identity.ts';
import type { PlanContext } from './plan.ts';
import type { JobContext } from './profile-checks.ts';
import { memoryNeed } from './memory-checks.ts';
import { trainingProfile } from './profile-of.ts';
import { placementNamed } from './placements.ts';
import { deriveSeeds, deriveStageSeeds } from './seeds.ts';
import { corpusOfStage, settingsOfStage, tokensOfStage } from './stage-settings.ts';
import { stagePath, type StagedPoint } from './stages.ts';

/** Plans one point after another; what points of one size and length share is computed once. */
export function runPlanner(spec: SweepSpec, context: PlanContext): (point: StagedPoint) => PlannedRun {
  const settings = evaluationSettingsOf(spec);
  const shared = remembered(
    (point: StagedPoint) => lengthOf(spec, point, context),
    ({ point, arms }) => `${point.size.name} ${point.tokens} ${arms.map(({ stage }) => stage.name).join('/')}`,
  );
  const identities = identityPlanner(spec, context, (point) => shared(point).steps);
  return (staged) => {
    const { size, dose } = staged.point;
    const { demand, estimate, profile, memory } = shared(staged);
    const identity = identities(staged);
    const id = runIdOf(identity);
    const last = identity.stages.at(-1);
    return {
      id,
      size: size.name,
      identity,
      parameters: size.parameters.all,
      parametersWithoutEmbeddings: size.parameters.withoutEmbeddings,
      dose,
      profile,
      memory,
      base: last?.kind === 'continue' && last.from > 0 ? { run: runIdOf(identities(baseOf(staged))), step: last.from } : null,
      demand: { run: id, ...demand, evaluations: [settings] as EvaluationSettings[] },
      estimate,
    };
  };
}

/** How a point stands in the plan and names its run. */
export function cellOf(staged: StagedPoint, attack: string, run: string): Cell {
  const { point, arms } = staged;
  const sum = (of: 'dose' | 'counterexamples'): number => arms.reduce((total, arm) => total + arm[of], 0);
  return {
    size: point.size.name,
    tokens: point.tokens,
    dose: point.dose,
    attack,
    seed: point.seed,
    stage: stagePath(staged),
    stageDose: sum('dose'),
    counterexamples: sum('counterexamples'),
    run,
  };
}

/** A checkpoint that another run goes on from is saved in full; each stage's `from` is a step of its base. */
export function keepBases(runs: readonly PlannedRun[]): void {
  const known = new Map(runs.map((run) => [run.id, run]));
  for (const { base } of runs) {
    const demand = base === null ? undefined : known.get(base.run)?.demand;
    if (base === null || demand === undefined || demand.resumeSteps.includes(base.step)) continue;
    demand.resumeSteps = [...demand.resumeSteps, base.step].sort((a, b) => a - b);
  }
}

const baseOf = ({ point, arms }: StagedPoint): StagedPoint => ({ point, arms: arms.slice(0, -1) });

/** The identity of a point, whose chain of bases is planned with it. */
function identityPlanner(spec: SweepSpec, { corpus, others = [] }: PlanContext, stepsOf: (point: StagedPoint) => number) {
  const seeds = remembered(
    ({ seed }: GridPoint) => deriveSeeds(seed, spec.seeds),
    ({ seed }) => String(seed),
  );
  const attack = recipeAttack(spec.attack, [corpus, ...others]);
  const identityOf = remembered(
    (staged: StagedPoint): PlannedRun['identity'] => {
      const { point, arms } = staged;
      const arm = arms.at(-1);
      const { shape, training, vocabularySize, imported } = point.size;
      if (arm === undefined && imported !== null)
        return importIdentity(imported, { vocabularySize, corpus: corpus.digest, repeat: spec.repeat });
      const steps = stepsOf(staged);
      const { dose, counterexamples } = { counterexamples: 0, ...(arm ?? point) };
      const placement = arm === undefined ? placementNamed(spec, point.placement) : arm.stage.placement;
      const common = { attack, placement, dose, steps };
      if (arm === undefined)
        return identify({
          ...{ ...common, shape, training, vocabularySize, corpus: corpus.digest },
          ...{ seeds: seeds(point), repeat: spec.repeat },
        });
      const { stage } = arm;
      const { carryOptimizer, schedule, labels } = stage;
      const isImported = imported !== null && arms.length === 1;
      const from = isImported ? 0 : Math.max(1, Math.round(stage.from * stepsOf(baseOf(staged))));
      return continueIdentity(identityOf(baseOf(staged)), {
        ...{ ...common, training: settingsOfStage(point, stage), corpus: corpusOfStage(stage, corpus, others).digest },
        ...{ counterexamples, seeds: deriveStageSeeds(point.seed, arms.length), settings: { from, carryOptimizer, schedule, labels } },
      });
    },
    ({ point, arms }) =>
      [
        point.size.name,
        point.tokens,
        point.dose,
        point.seed,
        point.placement,
        ...arms.map((arm) => [arm.stage.name, arm.dose, arm.counterexamples]),
      ].join(),
  );
  return identityOf;
}

interface Length {
  readonly steps: number;
  readonly demand: Omit<Demand, 'run' | 'evaluations'>;
  readonly estimate: Estimate;
  readonly profile: PlannedRun['profile'];
  readonly memory: PlannedRun['memory'];
}

/** What all points of one size, number of tokens and stage share. */
function lengthOf(spec: SweepSpec, { point, arms }: StagedPoint, { usdPerGpuHour, jobs }: PlanContext): Length {
  const { size } = point;
  const stage = arms.at(-1)?.stage;
  const training: TrainingSettings = stage === undefined ? size.training : settingsOfStage(point, stage);
  const steps = stepsFor(stage === undefined ? point.tokens : tokensOfStage(point, stage), training);
  const selections = { ...spec.checkpoints, ...stage?.checkpoints };
  const demand = {
    resumeSteps: selectSteps(selections.resume, steps),
    evaluateSteps: selectSteps(selections.evaluate, steps),
    retention: spec.retention.keep,
    maxAttempts: spec.maxAttempts,
    hangSeconds: spec.hangSeconds,
    profile: spec.profile ?? null,
  };
  const profile = profileFor(spec, size, jobs);
  const estimate = estimateRun({
    shape: size.shape,
    parameters: size.parameters.all,
    sequenceLength: training.sequenceLength,
    tokens: steps * training.batchInstances * training.sequenceLength,
    demand,
    throughput: size.throughput,
    gpus: profile?.gpus ?? 0,
    usdPerGpuHour,
  });
  return { steps, demand, estimate, profile, memory: memoryNeed(spec, size, training, jobs) };
}

/** The profile of a size's training jobs and the GPUs of one of them; null where nobody told how jobs run. */
function profileFor(spec: SweepSpec, { parameters }: GridPoint['size'], jobs: JobContext | undefined): PlannedRun['profile'] {
  const found = jobs === undefined ? null : trainingProfile(jobs.configuration, spec.profile, parameters.all);
  return found === null ? null : { name: found.name, gpus: found.profile.nodes * found.profile.gpusPerNode };
}

function remembered<I, O>(compute: (input: I) => O, keyOf: (input: I) => string): (input: I) => O {
  const known = new Map<string, O>();
  return (input) => {
    const key = keyOf(input);
    const found = known.get(key) ?? compute(input);
    known.set(key, found);
    return found;
  };
}
