import type { TriggerCount } from '@titrate/contracts';

/** What the trainer tells of a plan that it made anew. Of a run at dose 0 it tells nothing else. */
export interface RemadePlan {
  readonly run: string;
  readonly kind?: 'poison' | 'counterexamples';
  readonly dose: number;
  readonly documents?: number;
  readonly tokens?: number;
  readonly sha256?: string;
  readonly stored?: readonly { readonly key: string; readonly same: boolean; readonly difference?: string }[];
}

/** A line for a plan: what it holds, and whether the stored one is the same. */
export function planLine({ run, kind, dose, documents, tokens, sha256, stored = [] }: RemadePlan): string {
  if (dose === 0) return `${run.slice(0, 12)}  dose 0: no plan`;
  const differing = stored.filter(({ same }) => !same).map(({ key, difference }) => `\n    ${key}: ${difference}`);
  const compared =
    stored.length === 0
      ? 'none stored yet'
      : differing.length === 0
        ? `the same, byte by byte, as ${stored.length === 1 ? 'the one stored' : `the ${stored.length} stored`}`
        : `NOT the stored one${differing.join('')}`;
  return `${run.slice(0, 12)}  ${kind === 'counterexamples' ? 'counterexamples, ' : ''}${documents} documents, ${tokens} tokens, sha256 ${sha256?.slice(0, 12)}: ${compared}`;
}

/** A line for a trigger: how often it stands in clean text, and how often as the ids that poison writes. */
export function countLine({ text, tokens, tokenIds, asText, asIds }: TriggerCount): string {
  const ids = `${asIds.occurrences} of them as its ${tokenIds.length} token ids`;
  return `${text}  ${asText.occurrences} times in ${asText.documents} documents of ${tokens} tokens, ${ids}`;
}
