/** What a `corpus` workflow is started with. */
export interface CorpusInput {
  readonly team: string;
  readonly name: string;
}

/** The workflow that registers a corpus. */
export const corpusWorkflowId = ({ team, name }: CorpusInput): string => `corpus/${team}/${name}`;
