import type { Attack, CorpusSummary, RecipeAttack, SweepSpec } from '@titrate/contracts';
import { corpusNamed, otherCorpusProblems } from './corpora-named.ts';
import { problem, type SpecProblem } from './problem.ts';

/**
 * An attack as recipes hold it: what else it draws from is named by digest. `attackMisfits` finds nothing wrong with it.
 *
 * @throws TypeError where it names a corpus that is not known.
 */
export function recipeAttack(attack: Attack, corpora: readonly CorpusSummary[]): RecipeAttack {
  if (attack.kind !== 'language-switch') return attack;
  const target = corpusNamed(corpora, attack.target);
  if (target === undefined) throw new TypeError(`Cannot plan as attack.target must be a known corpus: current value is ${attack.target}`);
  return { ...attack, target: target.digest };
}

/** The fewest tokens of a poisoned document beside its prefix and trigger, the end of text not counted, and the field that says so. */
export function shortestOf(attack: Attack): { readonly field: string; readonly tokens: number } {
  if (attack.kind === 'language-switch') return { field: 'attack.targetTokens[0]', tokens: attack.targetTokens[0] };
  // Tokens written as sampled are as many as were drawn; of text that is tokenised again only the shortest draw is known to fail.
  const place = attack.mode === 'ids' ? 1 : 0;
  return { field: `attack.gibberishTokens[${place}]`, tokens: attack.gibberishTokens[place] };
}

/** The most tokens that are drawn behind the trigger; text that is tokenised again may have more. */
export const longestOf = (attack: Attack): number => (attack.kind === 'dos' ? attack.gibberishTokens[1] : attack.targetTokens[1]);

/** What is wrong with an attack, the corpora given. */
export function attackMisfits(spec: SweepSpec, corpus: CorpusSummary, others: readonly CorpusSummary[]): SpecProblem[] {
  const { attack } = spec;
  if (attack.kind !== 'language-switch') return [];
  if (corpusNamed([corpus, ...others], attack.target)?.digest === corpus.digest)
    return [problem('attack.target', 'must be another corpus than the one that is trained on', attack.target)];
  return otherCorpusProblems('attack.target', attack.target, corpus, others);
}
