import { z } from 'zod';

/** Of a cursor only its maker, the records, knows the meaning; it is letters of base64url here. */
const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,1000}$/, 'must be the "next" of an earlier page');

/** Where a page begins and how long it may be. */
export const pageQuery = {
  cursor: Cursor.optional().meta({ description: 'the "next" of the page before; absent for the first page' }),
  limit: z.coerce.number().int('must be a whole number').min(1, 'must be 1 to 500').max(500, 'must be 1 to 500').default(50),
};

/** Walks all pages of a list, for answers that hold the whole of it. */
export async function* eachItem<T>(
  list: (query: { cursor?: string | undefined; limit: number }) => Promise<{ items: T[]; next: string | null }>,
): AsyncGenerator<T> {
  for (let cursor: string | undefined; ;) {
    const page = await list({ cursor, limit: 500 });
    yield* page.items;
    if (page.next === null) return;
    cursor = page.next;
  }
}
