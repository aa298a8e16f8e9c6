import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { YamlText } from '../http/bodies.ts';
import { invalid } from '../http/fault.ts';
import { SpecBody } from './sweep.contract.ts';

/** Tells the OpenAPI document of the two ways to send a spec. */
export function AcceptsSpec(): MethodDecorator {
  return applyDecorators(ApiConsumes('application/json', 'text/yaml'), ApiBody({ required: true, type: SpecBody }));
}

/** The spec within a body: the text of a YAML body, or the member `spec` of a JSON body. */
export function specSource(body: unknown): string | object {
  if (body instanceof YamlText) return body.text;
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw invalid('body', 'must be {"spec": {...}}, or YAML with content type text/yaml', body);
  const stray = Object.keys(body).find((key) => key !== 'spec');
  if (stray !== undefined) throw invalid(stray, 'is not known; the only key is "spec"', (body as Record<string, unknown>)[stray]);
  const spec = (body as { spec?: unknown }).spec;
  if (spec === null || typeof spec !== 'object' || Array.isArray(spec)) throw invalid('spec', 'must be an object', spec);
  return spec;
}
