/** What a `base` workflow is started with. */
export interface BaseInput {
  readonly team: string;
  readonly name: string;
}

/** The workflow that registers a base. */
export const baseWorkflowId = ({ team, name }: BaseInput): string => `base/${team}/${name}`;
