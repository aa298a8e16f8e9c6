import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ZodSerializerDto, type ZodDto } from 'nestjs-zod';
import type { z } from 'zod';

type Handler<S extends z.ZodType> = Pick<TypedPropertyDescriptor<(...args: never[]) => z.input<S> | Promise<z.input<S>>>, 'value'>;
type Decorator<S extends z.ZodType> = (target: object, key?: string | symbol, descriptor?: Handler<S>) => void;

/**
 * What a method answers with: checked by the compiler, by the schema at run time, and told in the OpenAPI document.
 * With several statuses the method sets the one that applies; the first is what it sets when it says nothing.
 */
export function Answer<S extends z.ZodType>(
  statuses: number | readonly number[],
  type: ZodDto<S, false>,
  description: string,
): Decorator<S> {
  const all = typeof statuses === 'number' ? [statuses] : statuses;
  const responses = all.map((status) => ApiResponse({ status, description, type: type.Output }));
  return applyDecorators(ZodSerializerDto(type), ...responses, ...(all.length === 1 ? [HttpCode(all[0] ?? 200)] : []));
}

/** An answer that is not JSON, described by its content type. */
export function AnswerText(contentType: string, description: string): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    ApiResponse({ status: 200, description, content: { [contentType]: { schema: { type: 'string' } } } }),
  );
}
