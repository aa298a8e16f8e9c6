import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Problem, TitrateEvent } from '@titrate/contracts';
import { cleanupOpenApiDoc, createZodDto } from 'nestjs-zod';
import { named } from '../http/schemas.ts';

class ProblemDto extends createZodDto(named(Problem)) {}
class TitrateEventDto extends createZodDto(named(TitrateEvent)) {}

/** Holds the document of the running application; set once, before it listens. */
@Injectable()
export class OpenApiDocument {
  private document: OpenAPIObject | null = null;

  describe(app: INestApplication): OpenAPIObject {
    this.document = describeApi(app);
    return this.document;
  }

  get(): OpenAPIObject {
    if (!this.document) throw new Error('Cannot serve the OpenAPI document as the application must describe itself first');
    return this.document;
  }
}

/**
 * The OpenAPI 3.1 document of an application. Methods of controllers give the operation ids; every operation may
 * answer with a problem. What a request holds and what an answer holds have one name wherever they are the same thing.
 */
function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Titrate')
    .setDescription('Dose-response experiments on language-model pre-training: sweeps, runs, results.')
    .setVersion('1')
    .addBearerAuth()
    .build();
  const options = {
    operationIdFactory: (_controller: string, method: string) => method,
    extraModels: [ProblemDto.Output, TitrateEventDto.Output],
  };
  const document = cleanupOpenApiDoc(SwaggerModule.createDocument(app, config, options as never));
  return withShortNames(withProblems(document));
}

/** Adds what decorators cannot say: any operation may be refused, and a YAML body is text. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  const answer = {
    description: 'A refusal, as a problem document (RFC 9457)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  for (const item of Object.values(document.paths)) {
    for (const operation of [item.get, item.post, item.delete]) {
      if (!operation) continue;
      operation.responses = { ...operation.responses, default: answer };
      const body = operation.requestBody;
      if (body && 'content' in body && body.content['text/yaml'])
        body.content['text/yaml'] = { schema: { type: 'string', description: 'the spec as YAML' } };
    }
  }
  return document;
}

/** What an answer holds is named `X_Output` where a request's is `X`; the ending goes wherever both are the same. */
function withShortNames(document: OpenAPIObject): OpenAPIObject {
  const schemas = document.components?.schemas ?? {};
  const renames = new Map(Object.keys(schemas).map((name) => [name, shortName(name, schemas)] as const));
  const renamed = JSON.parse(renameRefs(JSON.stringify(document), renames)) as OpenAPIObject;
  const entries = Object.entries(renamed.components?.schemas ?? {})
    .filter(([, schema]) => !('$ref' in schema))
    .map(([name, schema]) => [renames.get(name) ?? name, schema] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...renamed, components: { ...renamed.components, schemas: Object.fromEntries(entries) } };
}

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** A class that stands for a contract goes by the contract's name. */
function shortName(name: string, schemas: Schemas): string {
  const schema = schemas[name];
  if (schema && '$ref' in schema) return shortName(schema.$ref.replace('#/components/schemas/', ''), schemas);
  const base = name.replace(/_Output$/, '');
  const request = schemas[base];
  const same =
    !request || '$ref' in request || JSON.stringify(request).replaceAll('_Output', '') === JSON.stringify(schema).replaceAll('_Output', '');
  return same ? base : name.replace('_Output', 'Answer');
}

const renameRefs = (text: string, renames: Map<string, string>): string =>
  text.replaceAll(/"#\/components\/schemas\/([^"]+)"/g, (_whole, name: string) =>
    JSON.stringify(`#/components/schemas/${renames.get(name) ?? name}`),
  );
