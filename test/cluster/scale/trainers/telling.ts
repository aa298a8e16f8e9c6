/** What a simulated job did, for whoever checks that nothing was lost or done twice. One JSON line each. */
export type Told =
  | { readonly kind: 'job-started'; readonly job: string; readonly at: string }
  | { readonly kind: 'job-ended'; readonly job: string; readonly at: string }
  | { readonly kind: 'job-failed'; readonly job: string; readonly at: string; readonly reason: string }
  | { readonly kind: 'committed'; readonly run: string; readonly step: number; readonly at: string }
  /** `again`: the result was there before, so the work was done twice. */
  | { readonly kind: 'evaluated'; readonly run: string; readonly step: number; readonly again: boolean; readonly at: string };

export type Tell = (what: Told) => void;
