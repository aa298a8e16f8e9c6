/** What a `sweep` workflow is started with. */
export interface SweepInput {
  readonly sweep: string;
}

/** The workflow of a sweep; one at a time. */
export const sweepWorkflowId = (sweep: string): string => `sweep/${sweep}`;
