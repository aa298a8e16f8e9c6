import type { Digest } from '@titrate/contracts';
import type { SweepView } from '@titrate/records';

/** What the `sweep` workflow does next. */
export type SweepStep =
  | { readonly kind: 'take-up'; readonly runs: readonly Digest[] }
  | { readonly kind: 'wait' }
  | { readonly kind: 'analyse' }
  /** The records have forgotten the sweep; its reports go as well. */
  | { readonly kind: 'purge' }
  | { readonly kind: 'end' };

/** Runs that are taken up in one step at most: a thousand at once would keep the workflow from hearing of anything else. */
const MOST_RUNS = 25;

/** The rule that drives a sweep: fill free places in the order of cells, analyse when everything is settled. */
export function decideSweepStep(view: SweepView | null): SweepStep {
  if (view === null) return { kind: 'purge' };
  switch (view.state) {
    case 'finished':
    case 'failed':
    case 'cancelled':
      return { kind: 'end' };
    case 'paused':
      return { kind: 'wait' };
    case 'analysing':
      return { kind: 'analyse' };
    case 'accepted':
    case 'running': {
      if (view.settled) return { kind: 'analyse' };
      const free = view.concurrency - view.owing.filter(({ active }) => active).length;
      const runs = view.owing.filter(({ active }) => !active).map(({ run }) => run);
      return free > 0 && runs.length > 0 ? { kind: 'take-up', runs: runs.slice(0, Math.min(free, MOST_RUNS)) } : { kind: 'wait' };
    }
  }
}
