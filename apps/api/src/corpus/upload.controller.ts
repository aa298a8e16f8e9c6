import { randomUUID } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { ArtifactStore } from '@titrate/artifact-store';
import { keys, type StoredObject } from '@titrate/contracts';
import { Answer } from '../http/answer.ts';
import { Fault, invalid } from '../http/fault.ts';
import { ARTIFACTS, SETTINGS, type ApiSettings } from '../ports.ts';
import { StoredObjectDto } from './corpus.contract.ts';

const DRAIN_MS = 10_000;

/** Takes in files of any size: they pass through to the artifact store and never lie on this machine. */
@ApiTags('corpora and sizes')
@ApiBearerAuth()
@Controller('v1/uploads')
export class UploadController {
  constructor(
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** Stores the body as it comes. The answer names it by key and digest, for the registration of a corpus. */
  @Post()
  @ApiConsumes('application/octet-stream')
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary' } })
  @Answer(201, StoredObjectDto, 'The stored object')
  async uploadObject(@Body() body: unknown): Promise<StoredObject> {
    if (!(body instanceof Readable)) throw invalid('content-type', 'must be application/octet-stream', null);
    const limited = body.pipe(limit(this.settings.uploadLimitBytes));
    body.once('error', (error) => limited.destroy(error));
    body.once('close', () => body.readableEnded || limited.destroy(new Fault(400, 'upload-broken', 'The upload ended before its end')));
    return this.artifacts.upload(keys.upload(randomUUID()), limited).catch((error: unknown) => {
      drain(body);
      throw error;
    });
  }
}

/** Reads what still comes of a refused body, for a while: a connection with unread bytes would answer no further request. */
function drain(body: Readable): void {
  const patience = setTimeout(() => body.destroy(), DRAIN_MS).unref();
  body.once('close', () => clearTimeout(patience));
  body.unpipe().resume();
}

/** Passes bytes on until there are too many; then the upload fails, and with it the object. */
function limit(bytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= bytes) return done(null, chunk);
      done(new Fault(413, 'upload-too-large', `Cannot store the upload as it must have at most ${bytes} bytes`));
    },
  });
}
