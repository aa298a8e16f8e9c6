import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { ZodSerializerInterceptor } from 'nestjs-zod';
import { BaselineController } from './baseline/baseline.controller.ts';
import { BaseController } from './base/base.controller.ts';
import { CheckController } from './check/check.controller.ts';
import { CorpusController } from './corpus/corpus.controller.ts';
import { UploadController } from './corpus/upload.controller.ts';
import { DocsController } from './docs/docs.controller.ts';
import { OpenApiDocument } from './docs/open-api-document.ts';
import { EventController } from './event/event.controller.ts';
import { GateController } from './gate/gate.controller.ts';
import { HealthController } from './health/health.controller.ts';
import { ApiMetrics } from './health/metrics.ts';
import { ContractPipe } from './http/contract.pipe.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { ARTIFACTS, LAUNCHER, PLANNER, RECORDS, SETTINGS, type ApiParts } from './ports.ts';
import { CheckpointController } from './run/checkpoint.controller.ts';
import { RunController } from './run/run.controller.ts';
import { RunResultController } from './run/run-result.controller.ts';
import { SweepController } from './sweep/sweep.controller.ts';
import { SweepResultController } from './sweep/sweep-result.controller.ts';

/** The whole API over given parts. */
@Module({})
export class ApiModule {
  static over({ records, artifacts, launcher, planner, settings, metrics }: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: [
        SweepController,
        SweepResultController,
        RunController,
        RunResultController,
        CheckpointController,
        UploadController,
        CorpusController,
        BaseController,
        BaselineController,
        GateController,
        EventController,
        HealthController,
        CheckController,
        DocsController,
      ],
      providers: [
        { provide: RECORDS, useValue: records },
        { provide: ARTIFACTS, useValue: artifacts },
        { provide: LAUNCHER, useValue: launcher },
        { provide: PLANNER, useValue: planner },
        { provide: SETTINGS, useValue: settings },
        { provide: APP_PIPE, useClass: ContractPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: ZodSerializerInterceptor },
        { provide: ApiMetrics, useValue: metrics },
        OpenApiDocument,
      ],
    };
  }
}
