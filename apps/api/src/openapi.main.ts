import { readFile, writeFile } from 'node:fs/promises';
import type { OpenAPIObject } from '@nestjs/swagger';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { createApplication, createLogger } from './application.ts';
import { OpenApiDocument } from './docs/open-api-document.ts';
import type { ApiParts } from './ports.ts';

const DOCUMENT = new URL('../openapi.json', import.meta.url);
const CLIENT = new URL('../../../libs/api-client/src/generated.ts', import.meta.url);

/** Writes apps/api/openapi.json, and from it the types and the table of operations of libs/api-client. */
async function generate(): Promise<void> {
  const document = await describe();
  await write(DOCUMENT, JSON.stringify(document), 'json');
  const types = astToString(await openapiTypescript(document as never, { alphabetize: true, defaultNonNullable: false }));
  await write(CLIENT, `// Generated from apps/api/openapi.json; edit nothing here.\n\n${types}\n${operationTable(document)}`, 'typescript');
}

/** The document needs the routes only; no method of a port is called. */
async function describe(): Promise<OpenAPIObject> {
  const settings = { actor: { team: '', name: '' }, token: '', allowedHosts: [], uploadLimitBytes: 0, usdPerGpuHour: null, temporalAddress: '' };
  const parts = { records: {}, artifacts: {}, launcher: {}, planner: {}, settings } as unknown as ApiParts;
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
      const parameters = Object.fromEntries((operation.parameters ?? []).flatMap((each) => ('name' in each ? [[each.name, each.in] as const] : [])));
      const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
      const answer = success && 'content' in success && success.content?.['application/json'] ? 'json' : 'text';
      return [[operation.operationId, { method, path, parameters, answer }] as const];
    }),
  );
  const table = JSON.stringify(Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1))));
  return `/** Method, path, places of the parameters and form of the answer of each operation. */\nexport const operationTable = ${table} as const;\n`;
}

async function write(target: URL, text: string, parser: string): Promise<void> {
  const config = await resolveConfig(target.pathname);
  const formatted = await format(text, { ...config, parser });
  const current = await readFile(target, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : Promise.reject(error)));
  if (current !== formatted) await writeFile(target, formatted);
}

await generate();
