import { Controller, Get, Headers, Inject, Query, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Records } from '@titrate/records';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answer, AnswerText } from '../http/answer.ts';
import { accept } from '../http/contract.pipe.ts';
import { ApiMetrics } from '../health/metrics.ts';
import { RECORDS, SETTINGS, type ApiSettings } from '../ports.ts';
import { defaultPace, follow, writeEvents } from './event-stream.ts';
import { EventsQuery, LastEventId, LedgerPageDto, LedgerQuery, NewestEvent } from './event.contract.ts';

/** What happened: as a stream to follow, and as a ledger to check. */
@ApiTags('events')
@ApiBearerAuth()
@Controller('v1')
export class EventController implements OnModuleDestroy {
  private readonly shutdown = new AbortController();

  constructor(
    @Inject(RECORDS) private readonly records: Records,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    @Inject(ApiMetrics) private readonly metrics: ApiMetrics,
  ) {}

  /** Streams the past events and then each new one (server-sent events). A reader that comes back with Last-Event-ID misses nothing. */
  @Get('events')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'id of the last event that was seen' })
  @AnswerText('text/event-stream', 'Server-sent events; the data of each is a TitrateEvent')
  async streamEvents(
    @Query() query: EventsQuery,
    @Headers() headers: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = accept(LastEventId.schema, headers)['last-event-id'] ?? query.after;
    const filter = { team: this.settings.actor.team, sweep: query.sweep };
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    // Asked once before the headers are out: while the records are down the answer is a problem, not an empty stream.
    await this.records.listEvents(after, 1, filter);
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    reply.raw.write('retry: 1000\n\n');
    const signal = AbortSignal.any([gone.signal, this.shutdown.signal]);
    this.metrics.eventStreams.inc();
    try {
      await writeEvents(reply.raw, follow(this.records, after, filter, signal, defaultPace.pollMs), signal, defaultPace.heartbeatMs);
    } catch (error) {
      // The headers are out, so the reader cannot be told; it comes back with the last id that it saw.
      request.log.warn({ err: error }, 'An event stream was cut as the records did not answer');
    } finally {
      this.metrics.eventStreams.dec();
      reply.raw.end();
    }
  }

  /** The number of the newest event: whoever reads it, then loads what it shows, then follows the events behind it, misses nothing. */
  @Get('events/newest')
  @Answer(200, NewestEvent, 'The number')
  async getNewestEvent(): Promise<NewestEvent> {
    return { id: await this.records.newestEvent() };
  }

  /** Lists the ledger: each event chained by digest to the one before. */
  @Get('ledger')
  @Answer(200, LedgerPageDto, 'A piece of the ledger')
  async listLedger(@Query() { after, limit }: LedgerQuery): Promise<LedgerPageDto> {
    const items = await this.records.listLedger(after, limit);
    return { items, next: items.length === limit ? (items.at(-1)?.seq ?? null) : null };
  }

  onModuleDestroy(): void {
    this.shutdown.abort();
  }
}
