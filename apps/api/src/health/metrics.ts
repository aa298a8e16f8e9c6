import { Injectable } from '@nestjs/common';
import { RunState, SweepState } from '@titrate/contracts';
import type { Records, StateCounts } from '@titrate/records';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What Prometheus may know of the control plane. No label names a sweep or a run, so the number of series stays small
 * however many there are.
 */
@Injectable()
export class ApiMetrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'titrate_http_request_seconds',
    help: 'Seconds until a request was answered, by route template',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [this.registry],
  });
  private readonly sweeps = new Gauge({
    name: 'titrate_sweeps',
    help: 'Sweeps by state',
    labelNames: ['state'],
    registers: [this.registry],
  });
  private readonly runs = new Gauge({ name: 'titrate_runs', help: 'Runs by state', labelNames: ['state'], registers: [this.registry] });
  private readonly outbox = new Gauge({
    name: 'titrate_outbox_rows',
    help: 'Starts and signals that are not yet delivered',
    registers: [this.registry],
  });
  readonly eventStreams = new Gauge({ name: 'titrate_event_streams', help: 'Open event streams', registers: [this.registry] });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Times every request from its first byte to its answer. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'unknown';
      this.requests.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    });
  }

  /** The exposition text, with counts taken now. */
  async render(records: Records): Promise<{ type: string; text: string }> {
    this.show(await records.countStates());
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  /** Sets every state, so that one which emptied falls to zero. */
  private show(counts: StateCounts): void {
    for (const state of SweepState.options) this.sweeps.set({ state }, counts.sweeps[state] ?? 0);
    for (const state of RunState.options) this.runs.set({ state }, counts.runs[state] ?? 0);
    this.outbox.set(counts.outbox);
  }
}
