import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Inject, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { notFound } from '../http/fault.ts';
import { OpenApiDocument } from './open-api-document.ts';

/** The files of Swagger UI lie on this machine, so the page works without a network. */
const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
const files = dirname(require.resolve('swagger-ui-dist/package.json'));
const types: Record<string, string> = { 'swagger-ui-bundle.js': 'text/javascript', 'swagger-ui.css': 'text/css' };

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Titrate API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body></html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null });\n`;

/** The OpenAPI document, and a page to browse it and to try requests. */
@ApiExcludeController()
@Controller()
export class DocsController {
  constructor(@Inject(OpenApiDocument) private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  getOpenApi(): object {
    return this.document.get();
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'")
  getDocs(): string {
    return PAGE;
  }

  @Get('docs/:file')
  getDocsFile(@Param('file') file: string): StreamableFile {
    if (file === 'start.js') return new StreamableFile(Buffer.from(START), { type: 'text/javascript' });
    const type = types[file];
    if (!type) throw notFound('file', file);
    return new StreamableFile(createReadStream(join(files, file)), { type });
  }
}
