import type { CellStatus } from '@titrate/contracts';
import type { Records } from '@titrate/records';

const PAGE = 500;

/** All cells of a sweep, read page by page. */
export async function allCells(records: Pick<Records, 'listCells'>, sweep: string): Promise<CellStatus[]> {
  const cells: CellStatus[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await records.listCells(sweep, { cursor, limit: PAGE });
    cells.push(...page.items);
    if (page.next === null) return cells;
    cursor = page.next;
  }
}
