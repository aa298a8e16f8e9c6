/** What a `gate` workflow is started with. */
export interface GateInput {
  readonly gate: string;
}

/** The workflow that brings a gate to its verdict; one at a time. */
export const gateWorkflowId = (gate: string): string => `gate/${gate}`;
