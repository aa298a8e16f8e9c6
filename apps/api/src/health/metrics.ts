import type { Records } from '@titrate/records';
import { measured } from '@titrate/telemetry';
import { createGauge, createHistogram, serveMetrics, type MetricsServer } from '@titrate/telemetry/prometheus';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { showReading } from './show-reading.ts';

/** What Prometheus may know: of this process what it measures itself, of the rest what the records tell at the time of a scrape. */
export class ApiMetrics {
  /** For what other parts of the process measure. */
  readonly registry = new Registry();
  private readonly requests = createHistogram(this.registry, measured.httpRequests);
  private readonly storeRequests = createHistogram(this.registry, measured.storeRequests);
  readonly eventStreams = createGauge(this.registry, measured.eventStreams);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.eventStreams.set(0);
  }

  /** Times every request from its first byte to its answer. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'unknown';
      this.requests.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    });
  }

  /** Times the requests of the artifact store. */
  readonly onStoreRequest = (operation: string, outcome: string, seconds: number): void =>
    this.storeRequests.observe({ operation, outcome }, seconds);

  /** The exposition text, with what the records tell now. */
  async render(records: Records): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: `${await this.registry.metrics()}\n${await tell(records)}` };
  }

  /** Serves the same on a listener of its own, without a token: for a Prometheus inside the cluster, whose network policy guards it. */
  serve(address: string, records: Records): Promise<MetricsServer> {
    return serveMetrics(address, this.registry, () => tell(records));
  }
}

const tell = async (records: Records): Promise<string> => showReading(await records.readMetrics(), Date.now()).text();
