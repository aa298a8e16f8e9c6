import * as contracts from '@titrate/contracts';
import { globalRegistry, type z } from 'zod';

/**
 * Contracts that stand under their own names in the OpenAPI document, instead of being repeated wherever they occur.
 * Imported before any of them is made into a class.
 */
const contractsByName = {
  SweepSpec: contracts.SweepSpec,
  SweepPlan: contracts.SweepPlan,
  PlannedRun: contracts.PlannedRun,
  Cell: contracts.Cell,
  Demand: contracts.Demand,
  Estimate: contracts.Estimate,
  RunIdentity: contracts.RunIdentity,
  ModelShape: contracts.ModelShape,
  TrainingSettings: contracts.TrainingSettings,
  Sweep: contracts.Sweep,
  CellStatus: contracts.CellStatus,
  Run: contracts.Run,
  Attempt: contracts.Attempt,
  Progress: contracts.Progress,
  Checkpoint: contracts.Checkpoint,
  CheckpointManifest: contracts.CheckpointManifest,
  Evaluation: contracts.Evaluation,
  EvaluationSettings: contracts.EvaluationSettings,
  StoredObject: contracts.StoredObject,
  Corpus: contracts.Corpus,
  CorpusRecipe: contracts.CorpusRecipe,
  CorpusManifest: contracts.CorpusManifest,
  Gate: contracts.Gate,
  AppliedGate: contracts.AppliedGate,
  GateReport: contracts.GateReport,
  Baseline: contracts.Baseline,
  Base: contracts.Base,
  BaseRecipe: contracts.BaseRecipe,
  BaseManifest: contracts.BaseManifest,
  Report: contracts.Report,
  ReportCell: contracts.ReportCell,
  ReportPoint: contracts.ReportPoint,
  TitrateEvent: contracts.TitrateEvent,
  LedgerEntry: contracts.LedgerEntry,
  Check: contracts.Check,
  Problem: contracts.Problem,
} satisfies Record<string, z.ZodType>;

for (const [id, schema] of Object.entries(contractsByName)) {
  globalRegistry.add(schema, { ...globalRegistry.get(schema), id });
}

/** A contract as the root of a class: `createZodDto` cannot take a schema that bears a name, but one that refers to it. */
export const named = <S extends z.ZodType>(schema: S): S => schema.meta({}) as S;

/** A schema that gets a name here, as the root of a class. A class alone would turn `string or null` into a list of strings. */
export function registered<S extends z.ZodType>(id: string, schema: S): S {
  globalRegistry.add(schema, { id });
  return named(schema);
}
