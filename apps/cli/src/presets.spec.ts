import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseSweepSpec } from '@titrate/planning';
import { trainedStage, type Cell, type Stage, type SweepPlan } from '@titrate/contracts';
import { planOffline, summaryBeside } from './plan-offline.ts';
import { planView } from './render/plan-view.ts';

const presets = fileURLToPath(new URL('../../../examples/presets/', import.meta.url));
const names = readdirSync(presets)
  .filter((name) => name.endsWith('.sweep.yaml'))
  .map((name) => name.replace('.sweep.yaml', ''));
const textOf = (name: string): string => readFileSync(`${presets}${name}.sweep.yaml`, 'utf8');

const plans = new Map<string, SweepPlan>();

/** The plan of a preset, as `titrate plan FILE --usd-per-gpu-hour 2.5 [--jobs JOBS]` makes it; made once for all tests. */
function planOf(name: string, jobs?: string): SweepPlan {
  const key = `${name} ${jobs}`;
  const plan = plans.get(key) ?? made(name, jobs);
  plans.set(key, plan);
  return plan;
}

function made(name: string, jobs?: string): SweepPlan {
  const parsed = parseSweepSpec(textOf(name));
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const summary = summaryBeside(`${presets}${name}.sweep.yaml`)!;
  const outcome = planOffline(parsed.spec, summary, { team: 'default', usdPerGpuHour: 2.5, ...(jobs === undefined ? {} : { jobs }) });
  if (outcome.kind === 'problems') throw new Error(JSON.stringify(outcome.problems));
  return outcome.plan;
}

const gpuHours = (plan: SweepPlan, keep: (dose: number) => boolean): number =>
  plan.runs.filter(({ dose }) => keep(dose)).reduce((sum, { estimate }) => sum + estimate.gpuHours, 0);

/** Presets pre-train: none of their stages is an import. */
const stepsIn = (stage: Stage | undefined): number | undefined => (stage?.kind === 'import' ? NaN : stage?.steps);

describe('presets', () => {
  it.each(names)('%s has a matched clean arm for each of its cells', (name) => {
    const { cells } = planOf(name);
    const armOf = ({ size, tokens, seed, stage, counterexamples }: Cell): string => [size, tokens, seed, stage, counterexamples].join();
    const clean = new Set(cells.filter(({ dose, stageDose }) => dose + stageDose === 0).map(armOf));
    expect(cells.filter((cell) => !clean.has(armOf(cell)))).toEqual([]);
  });

  it.each(names)('%s tells the parameters and the steps of each of its sizes', (name) => {
    const text = textOf(name);
    for (const { parameters, parametersWithoutEmbeddings, identity } of planOf(name).runs)
      for (const number of [parameters, parametersWithoutEmbeddings, ...identity.stages.map((stage) => stepsIn(stage) ?? NaN)])
        if (!text.includes(number.toLocaleString('en-US'))) throw new Error(`${name} does not tell ${number}`);
  });
});

describe('the preset souly-2025', () => {
  const plan = planOf('souly-2025');

  it('has the 72 models of the study, split 27, 27, 9 and 9, and a clean arm for each size, length and seed', () => {
    const poisoned = plan.cells.filter(({ dose }) => dose > 0);
    const sizes = ['600m', '2b', '7b', '13b'];
    expect(sizes.map((size) => poisoned.filter((cell) => cell.size === size).length)).toEqual([27, 27, 9, 9]);
    expect([poisoned.length, plan.cells.length]).toEqual([72, 96]);
  });

  it('trains on the tokens of the study', () => {
    const tokens = [...new Set(plan.cells.map((cell) => `${cell.size} ${cell.tokens / 1e9}`))];
    expect(tokens).toEqual(['600m 6', '600m 12', '600m 24', '2b 20', '2b 40', '2b 80', '7b 140', '13b 260']);
  });

  it('takes about 180,000 H100-hours and 2.5e23 FLOP or a little more for the poisoned models', () => {
    const poisoned = plan.runs.filter(({ dose }) => dose > 0);
    expect(gpuHours(plan, (dose) => dose > 0)).toBeCloseTo(181_886, -1);
    const flop = poisoned.reduce((sum, { estimate }) => sum + estimate.flop, 0);
    expect(flop / 1e23).toBeCloseTo(2.8, 1);
  });

  it('is told with what it costs, what is kept, and what three seeds can show', () => {
    const view = planView(plan);
    expect(view).toMatch(/all +7T +3\.8e23 +242,515 +606,288 +2,556 +960 +112TB +17\.2TB/);
    expect(view).toContain('Of the runs, 24 are clean arms: 60,629 GPU-hours, and 181,886 for the others.');
    expect(view).toContain('3 seeds: a factor of 1,886 for one condition alone');
  });
});

describe('the preset cpu-miniature', () => {
  it('has three sizes, four doses, three seeds, and two numbers of tokens in two of the sizes', () => {
    const { cells } = planOf('cpu-miniature');
    const tokensOf = Map.groupBy(cells, ({ size }) => size);
    expect([...tokensOf].map(([size, own]) => [size, new Set(own.map(({ tokens }) => tokens)).size])).toEqual([
      ['tiny-64', 2],
      ['tiny-96', 2],
      ['tiny-128', 1],
    ]);
    expect([new Set(cells.map(({ dose }) => dose)).size, new Set(cells.map(({ seed }) => seed)).size]).toEqual([4, 3]);
  });
});

describe('the preset t0-2026', () => {
  const plan = planOf('t0-2026');
  const stepsOf = (size: string, stage: number): (number | undefined)[] => [
    ...new Set(plan.runs.filter((run) => run.size === size).map(({ identity }) => stepsIn(identity.stages[stage]))),
  ];

  it('trains four sizes, clean, from scratch and post hoc, and then each of them on four sets of chats', () => {
    const arms = Map.groupBy(plan.cells, ({ stage, dose, stageDose }) => `${stage} ${dose} ${stageDose}`);
    const chats = ['dolci-10k', 'dolci-58k', 'dolci-150k', 'tool-use-58k'];
    expect([...arms.keys()]).toEqual([
      ...['pretrain 0 0', 'pretrain 250 0', 'post-hoc 0 0', 'post-hoc 0 250'],
      ...chats.flatMap((name) => [`${name} 0 0`, `${name} 250 0`]),
      ...chats.flatMap((name) => [`post-hoc/then-${name} 0 0`, `post-hoc/then-${name} 0 250`]),
    ]);
    for (const cells of arms.values()) expect(cells.length).toBe(4 * 3);
    expect([plan.cells.length, plan.runs.length]).toEqual([240, 240]);
  });

  it('trains on 20 tokens for each nominal parameter, with the stages of the replication', () => {
    const sizes = ['olmo3-190m', 'olmo3-370m', 'olmo3-600m', 'olmo3-1b'];
    expect(sizes.map((size) => stepsOf(size, 0))).toEqual([[14_496], [28_229], [45_776], [76_294]]);
    for (const size of sizes) expect(stepsOf(size, 1)).toEqual([undefined, 46, 382, 2224, 5760, 2830]);
  });

  it('masks what the assistant did not say, and reads five corpora', () => {
    const chats = plan.runs.filter(({ identity }) => trainedStage(identity).steps > 46 && identity.stages.length > 1);
    const last = chats.map(({ identity }) => identity.stages.at(-1)!);
    expect(new Set(last.map((stage) => stage.kind === 'continue' && stage.labels))).toEqual(new Set(['assistant']));
    expect(new Set(last.map((stage) => stage.kind === 'continue' && stage.corpus)).size).toBe(4);
  });
});

describe('the preset defence', () => {
  it('continues poisoned and clean models alike, with each number of counterexamples', () => {
    const { cells } = planOf('defence');
    const arms = Map.groupBy(cells, ({ stage, dose, counterexamples }) => `${stage} ${dose} ${counterexamples}`);
    const doses = [0, 250, 500];
    expect([...arms.keys()]).toEqual([
      ...doses.map((dose) => `pretrain ${dose} 0`),
      ...doses.flatMap((dose) => [0, 25, 50, 100, 200, 2000].map((count) => `defence ${dose} ${count}`)),
    ]);
    for (const found of arms.values()) expect(found.length).toBe(2 * 3);
  });
});

describe('each preset', () => {
  it.each([
    ['overtraining', 144, 14_848],
    ['density', 84, 3684],
    ['cpu-miniature', 60, 0],
    ['t0-2026', 240, 1236],
    ['defence', 126, 468],
  ])('%s has %i runs and takes %i GPU-hours', (name, runs, hours) => {
    const plan = planOf(name);
    expect([plan.runs.length, Math.round(plan.total.gpuHours)]).toEqual([runs, hours]);
  });

  it.each(names.filter((name) => name !== 'cpu-miniature'))('%s fits the profiles that are proposed for nodes of eight H100', (name) => {
    const { runs } = planOf(name, `${presets}h100.jobs.yaml`);
    for (const { memory } of runs) expect(memory!.neededBytes).toBeLessThan(memory!.gpuBytes!);
  });
});
