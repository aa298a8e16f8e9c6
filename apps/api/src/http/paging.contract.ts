import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { pageQuery } from './paging.ts';

/** The query of every paged list. */
export class PageQuery extends createZodDto(z.strictObject(pageQuery)) {}
