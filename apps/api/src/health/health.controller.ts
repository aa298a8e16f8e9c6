import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import type { Records } from '@titrate/records';
import type { FastifyReply } from 'fastify';
import { Answer, AnswerText } from '../http/answer.ts';
import { ARTIFACTS, RECORDS, SETTINGS, type ApiSettings } from '../ports.ts';
import { Health, Readiness, Version } from './health.contract.ts';
import { ApiMetrics } from './metrics.ts';
import { reach } from './reach.ts';
import { VERSION } from './version.ts';

const PATIENCE_MS = 2000;

/** What probes and Prometheus ask. Open without a token: nothing here names a sweep. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    @Inject(ApiMetrics) private readonly metrics: ApiMetrics,
  ) {}

  /** The process answers. */
  @Get('healthz')
  @Answer(200, Health, 'Alive')
  getHealth(): Health {
    return { status: 'ok' };
  }

  /** Database, artifact store and workflow engine answer as well. */
  @Get('readyz')
  @Answer([200, 503], Readiness, 'Ready, or 503 with what is missing')
  async getReadiness(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const [records, artifacts, temporal] = await Promise.all([
      within(this.records.ping()),
      within(this.artifacts.read('readiness/probe')),
      within(reach(this.settings.temporalAddress, PATIENCE_MS)),
    ]);
    const ready = records === 'ok' && artifacts === 'ok' && temporal === 'ok';
    void reply.status(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not-ready', records, artifacts, temporal };
  }

  /** Metrics for Prometheus. */
  @Get('metrics')
  @AnswerText('text/plain', 'Prometheus exposition')
  async getMetrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { type, text } = await this.metrics.render(this.records);
    void reply.type(type);
    return text;
  }

  /** The version of the server. */
  @Get('version')
  @Answer(200, Version, 'The version')
  getVersion(): Version {
    return { name: 'titrate', version: VERSION, api: 'v1', node: process.version };
  }
}

/** Whether something succeeds in time. Why it did not is told by whoever needs it next; a probe only asks. */
async function within(attempt: Promise<unknown>): Promise<'ok' | 'unreachable'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'unreachable'>((resolve) => (timer = setTimeout(() => resolve('unreachable'), PATIENCE_MS)));
  const outcome = attempt.then(
    () => 'ok' as const,
    () => 'unreachable' as const,
  );
  return Promise.race([outcome, late]).finally(() => clearTimeout(timer));
}
