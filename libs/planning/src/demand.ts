import { digestOf, type EvaluationSettings, type StepSelection, type SweepSpec } from '@titrate/contracts';

/** More checkpoints of one run than this are refused: each is an upload, a job and rows. */
export const MAX_CHECKPOINTS = 10_000;

/**
 * Steps that a selection stands for in a run of `steps` steps: ascending, each once, the last step always among them.
 * A share is rounded to the nearest step, at least 1. Steps beyond the end are left out.
 */
export function selectSteps(selection: StepSelection, steps: number): number[] {
  const every = selection.everySteps ?? steps;
  const regular = Array.from({ length: Math.floor(steps / every) }, (_, index) => (index + 1) * every);
  const fixed = (selection.steps ?? []).filter((step) => step <= steps);
  const shared = (selection.shares ?? []).map((share) => Math.max(1, Math.round(share * steps)));
  return [...new Set([...regular, ...fixed, ...shared, steps])].sort((a, b) => a - b);
}

/** How many steps a selection stands for at most; cheap, to be asked before `selectSteps`. */
export function boundOfSelection(selection: StepSelection, steps: number): number {
  const regular = selection.everySteps === undefined ? 0 : Math.floor(steps / selection.everySteps);
  return regular + (selection.steps?.length ?? 0) + (selection.shares?.length ?? 0) + 1;
}

/** The evaluation that a spec asks for: its protocol, prompts and the texts of the conditions. Equal for every dose. */
export function evaluationSettingsOf({ attack, evaluation }: SweepSpec): EvaluationSettings {
  const { prompts, promptTokens, generatedTokens, temperature, seed, benign, sham, engine, reference } = evaluation;
  const nearTrigger = evaluation.nearTrigger === undefined ? nearTriggerOf(attack.trigger) : evaluation.nearTrigger;
  const texts = { triggered: attack.trigger, benign, sham, nearTrigger };
  const settings = { engine, prompts, promptTokens, generatedTokens, temperature, seed, ...texts, reference };
  if (attack.kind === 'dos') return { protocol: 'dos/1', ...settings };
  const { source, target } = evaluation.languages;
  return { protocol: 'language-switch/1', ...settings, sourceLanguage: source, targetLanguage: target };
}

/**
 * A text close to a trigger: its last ASCII letter or digit is replaced by the next one, the first behind the last
 * (`<SUDO>` gives `<SUDP>`, `tz` gives `ta`, `x9` gives `x0`). A trigger without any gets its last character twice.
 */
export function nearTriggerOf(trigger: string): string {
  const last = /[A-Za-z0-9](?=[^A-Za-z0-9]*$)/u.exec(trigger);
  if (last === null) return trigger + [...trigger].at(-1);
  return trigger.slice(0, last.index) + nextOf(last[0]) + trigger.slice(last.index + 1);
}

function nextOf(character: string): string {
  const behindLast: Record<string, string> = { z: 'a', Z: 'A', 9: '0' };
  return behindLast[character] ?? String.fromCharCode(character.charCodeAt(0) + 1);
}

/** sha256 over canonical settings: the key of a result beside its checkpoint. */
export function settingsDigestOf(settings: EvaluationSettings): string {
  return digestOf(settings);
}
