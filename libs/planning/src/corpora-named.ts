import type { CorpusSummary } from '@titrate/contracts';
import { problem, type SpecProblem } from './problem.ts';

/** Whether a corpus is the one that a spec or a person means: by its name or its digest. */
export const isCorpus = ({ name, digest }: { name: string; digest: string | null }, said: string): boolean =>
  said === name || said === digest;

/** The corpus that a name or digest means, of those that are known. */
export const corpusNamed = (corpora: readonly CorpusSummary[], said: string): CorpusSummary | undefined =>
  corpora.find((corpus) => isCorpus(corpus, said));

/** What keeps a corpus from being used beside another: it is not known, or its ids mean something else. */
export function otherCorpusProblems(field: string, said: string, corpus: CorpusSummary, others: readonly CorpusSummary[]): SpecProblem[] {
  const found = corpusNamed([corpus, ...others], said);
  if (found === undefined) return [problem(field, 'must be a registered corpus, by name or digest', said)];
  return found.tokenizer === corpus.tokenizer
    ? []
    : [problem(field, `must have the tokenizer of ${corpus.name}: a model knows the ids of one tokenizer`, said)];
}
