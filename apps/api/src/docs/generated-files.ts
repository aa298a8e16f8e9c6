import type { OpenAPIObject } from '@nestjs/swagger';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { createApplication, createLogger } from '../application.ts';
import { ApiMetrics } from '../health/metrics.ts';
import type { ApiParts } from '../ports.ts';
import { OpenApiDocument } from './open-api-document.ts';

/** A file that follows from the controllers, and what it must hold. */
export interface GeneratedFile {
  readonly url: URL;
  readonly text: string;
}

/** apps/api/openapi.json, and from it the types and the table of operations of libs/api-client. */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  const document = await describe();
  const types = astToString(await openapiTypescript(document as never, { alphabetize: true, defaultNonNullable: false }));
  const client = `// Generated from apps/api/openapi.json; edit nothing here.\n\n${types}\n${operationTable(document)}`;
  return [
    await formatted(new URL('../../openapi.json', import.meta.url), JSON.stringify(document), 'json'),
    await formatted(new URL('../../../../libs/api-client/src/generated.ts', import.meta.url), client, 'typescript'),
  ];
}

/** The document needs the routes only; no method of a port is called. */
async function describe(): Promise<OpenAPIObject> {
  const settings = {
    actor: { team: '', name: '' },
    token: '',
    allowedHosts: [],
    uploadLimitBytes: 0,
    usdPerGpuHour: null,
    temporalAddress: '',
  };
  const parts = { records: {}, artifacts: {}, launcher: {}, planner: {}, settings, metrics: new ApiMetrics() } as unknown as ApiParts;
  const app = await createApplication(parts, createLogger('warn'));
  const document = app.get(OpenApiDocument).get();
  await app.close();
  return document;
}

/** Which method and path each operation is, and where each of its parameters stands. */
function operationTable(document: OpenAPIObject): string {
  const rows = Object.entries(document.paths).flatMap(([path, item]) =>
    (['get', 'post', 'delete'] as const).flatMap((method) => {
      const operation = item[method];
      if (!operation?.operationId) return [];
      const parameters = Object.fromEntries(
        (operation.parameters ?? []).flatMap((each) => ('name' in each ? [[each.name, each.in] as const] : [])),
      );
      const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
      const answer = success && 'content' in success && success.content?.['application/json'] ? 'json' : 'text';
      return [[operation.operationId, { method, path, parameters, answer }] as const];
    }),
  );
  const table = JSON.stringify(Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1))));
  return `/** Method, path, places of the parameters and form of the answer of each operation. */\nexport const operationTable = ${table} as const;\n`;
}

async function formatted(url: URL, text: string, parser: string): Promise<GeneratedFile> {
  return { url, text: await format(text, { ...(await resolveConfig(url.pathname)), parser }) };
}
