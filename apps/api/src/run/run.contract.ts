import {
  Attempt,
  Checkpoint,
  Count,
  Digest,
  Evaluation,
  EvaluationResult,
  EvaluationSettings,
  page,
  PositiveCount,
  Run,
} from '@titrate/contracts';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { named, registered } from '../http/schemas.ts';
import { MetricPoint } from './step-metrics.ts';

export class RunParameters extends createZodDto(z.strictObject({ id: Digest })) {}
export class EvaluationResultParameters extends createZodDto(z.strictObject({ id: Digest, digest: Digest, settings: Digest })) {}
export class CheckpointParameters extends createZodDto(z.strictObject({ id: Digest, digest: Digest })) {}

const wholeNumber = z.coerce.number();
export class LogQuery extends createZodDto(
  z.strictObject({
    attempt: wholeNumber.pipe(PositiveCount).optional().meta({ description: 'number of the attempt; the newest when absent' }),
    offset: wholeNumber.pipe(Count).default(0).meta({ description: 'byte to read from: the "next" of the piece before' }),
  }),
) {}
export class EvaluationLogQuery extends createZodDto(
  z.strictObject({
    job: z.string().min(1).max(200).meta({ description: 'which job: the "job" of an evaluation of the run' }),
    offset: wholeNumber.pipe(Count).default(0).meta({ description: 'byte to read from: the "next" of the piece before' }),
  }),
) {}
export class EvaluateBody extends createZodDto(z.strictObject({ settings: EvaluationSettings })) {}

export class RunDto extends createZodDto(named(Run)) {}
export class CheckpointDto extends createZodDto(named(Checkpoint)) {}
export class EvaluationDto extends createZodDto(named(Evaluation)) {}
export class EvaluationResultDto extends createZodDto(named(EvaluationResult)) {}
export class RunMetrics extends createZodDto(z.strictObject({ points: z.array(MetricPoint) })) {}
export class AttemptPageDto extends createZodDto(registered('AttemptPage', page(Attempt))) {}
export class CheckpointPageDto extends createZodDto(registered('CheckpointPage', page(Checkpoint))) {}
export class EvaluationPageDto extends createZodDto(registered('EvaluationPage', page(Evaluation))) {}

/** A piece of an attempt's log. */
export class LogPiece extends createZodDto(
  z.strictObject({
    attempt: PositiveCount,
    text: z.string(),
    next: Count.meta({ description: 'offset to go on from; unchanged when there is nothing new' }),
  }),
) {}

/** A piece of the log of a job of evaluations. */
export class EvaluationLogPiece extends createZodDto(
  z.strictObject({
    job: z.string(),
    text: z.string(),
    next: Count.meta({ description: 'offset to go on from; unchanged when there is nothing new' }),
  }),
) {}

/** Whether a checkpoint is kept for good. */
export class Pin extends createZodDto(z.strictObject({ run: Digest, digest: Digest, pinned: z.boolean() })) {}
