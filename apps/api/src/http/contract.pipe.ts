import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { ZodDto } from 'nestjs-zod';
import type { z } from 'zod';
import { Fault, quoted, type FieldFault } from './fault.ts';

/** Checks every parameter and body whose type is a contract, and names each field, rule and value that fails. */
@Injectable()
export class ContractPipe implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    const dto = metatype as (Partial<ZodDto<z.ZodType>> & { isZodDto?: true }) | undefined;
    return dto?.isZodDto && dto.schema ? accept(dto.schema, value ?? {}) : value;
  }
}

/** Reads a value by a schema; throws a 400 that lists what is wrong with it. */
export function accept<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  throw refusal(faultsOf(outcome.error.issues, value));
}

/** A 400 over a list of faults; its sentence tells the first. */
function refusal(faults: readonly FieldFault[]): Fault {
  const first = faults[0] ?? { field: '', rule: 'is not valid', value: null };
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  const detail = `Cannot accept the request as ${first.field || 'the body'}: ${first.rule}; current value is ${quoted(first.value)}${more}`;
  return new Fault(400, 'invalid-request', detail, [...faults]);
}

/** Issues of zod as field, rule, value. */
function faultsOf(issues: readonly z.core.$ZodIssue[], value: unknown): FieldFault[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return [{ field: issue.path.join('.'), rule: issue.message, value: at(value, issue.path) ?? null }];
    return issue.keys.map((key) => ({
      field: [...issue.path, key].join('.'),
      rule: 'is not a known key',
      value: at(value, [...issue.path, key]) ?? null,
    }));
  });
}

/** What stands at a path, or undefined where the path leaves the value. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, key) => (current !== null && typeof current === 'object' ? (current as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}
