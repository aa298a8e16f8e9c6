import { Checks } from '@titrate/contracts';
import { createZodDto } from 'nestjs-zod';
import { registered } from '../http/schemas.ts';

export class ChecksDto extends createZodDto(registered('Checks', Checks)) {}
