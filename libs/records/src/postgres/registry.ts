import type { CorpusSource, Page } from '@titrate/contracts';
import { and, desc, eq, lt, or, sql } from 'drizzle-orm';
import type { Actor, ListQuery } from '../records.ts';
import { change, type Change } from './change.ts';
import { Cursors } from './cursors.ts';
import { storableText, type Database } from './database.ts';
import type { bases } from './schema.ts';

/** A row of any table of registrations, by the columns that all have. */
type Row = typeof bases.$inferSelect;
/** What a registration is made from: the columns of a row that the team states. */
interface Content {
  readonly recipe: { readonly name: string };
  readonly source: CorpusSource;
}

/** What becomes of an attempt to register. */
export interface Registered<Thing> {
  readonly kind: 'created' | 'existing' | 'name-taken';
  readonly thing: Thing;
}

/** How one kind of thing is registered. */
export interface Registrable<Work extends Content, Thing> {
  readonly kind: 'corpus' | 'base';
  /** Any table that has the columns of `bases`, and those of the work. */
  readonly table: unknown;
  /** Tells registrations of one name apart. */
  readonly digestOf: (work: Work) => string;
  readonly workOf: (row: unknown) => Work;
  readonly thingOf: (row: unknown) => Thing;
}

/** Things that teams register under names of their own: each is made by a job, once, and is never changed when it is ready. */
export class Registry<Work extends Content, Manifest, Thing> {
  readonly #of: Registrable<Work, Thing>;
  /** All tables of registrations share these columns; those that one has beside them are read and written as part of its work. */
  readonly #table: typeof bases;
  readonly #cursors: Cursors;

  constructor(of: Registrable<Work, Thing>, name: string) {
    this.#of = of;
    this.#table = of.table as typeof bases;
    this.#cursors = new Cursors(name, ['number']);
  }

  /** Registers a thing. A registration that failed may be asked for again, the same or with other content. */
  submit(db: Database, actor: Actor, work: Work): Promise<Registered<Thing>> {
    const [{ team }, { name }] = [actor, work.recipe];
    const content = work as unknown as Pick<Row, 'recipe' | 'source'>;
    return change(db, actor, async (inHand) => {
      const values = { team, name, state: 'registering' as const, ...content };
      const [created] = await inHand.tx.insert(this.#table).values(values).onConflictDoNothing().returning();
      if (created !== undefined) return this.#begun(inHand, created);
      const [known] = await inHand.tx.select().from(this.#table).where(this.#isIt(team, name)).for('update');
      if (known === undefined) throw new Error(`Cannot register ${this.#of.kind} ${name} as its row must exist`);
      if (known.state !== 'failed') {
        const isSame = this.#of.digestOf(this.#of.workOf(known)) === this.#of.digestOf(work);
        return { kind: isSame ? 'existing' : 'name-taken', thing: this.#of.thingOf(known) };
      }
      const again = { state: 'registering', reason: null, ...content } as const;
      const [row] = await inHand.tx.update(this.#table).set(again).where(this.#isIt(team, name)).returning();
      return this.#begun(inHand, row!);
    });
  }

  /** A team's thing by its name or its digest. */
  async get(db: Database, team: string, nameOrDigest: string): Promise<Thing | null> {
    const table = this.#table;
    const isIt = and(eq(table.team, team), or(eq(table.name, nameOrDigest), eq(table.digest, nameOrDigest)));
    const [row] = await db.select().from(table).where(isIt).orderBy(table.number).limit(1);
    return row === undefined ? null : this.#of.thingOf(row);
  }

  /** A team's things, newest first. */
  async list(db: Database, team: string, { cursor, limit }: ListQuery): Promise<Page<Thing>> {
    const table = this.#table;
    const after = this.#cursors.read(cursor);
    const rows = await db
      .select()
      .from(table)
      .where(and(eq(table.team, team), after ? lt(table.number, after[0] as number) : undefined))
      .orderBy(desc(table.number))
      .limit(limit + 1);
    return this.#cursors.page(rows, limit, ({ number }) => [number], this.#of.thingOf);
  }

  /** What its job needs; null when there is none or it has ended. */
  async work(db: Database, team: string, name: string): Promise<Work | null> {
    const [row] = await db.select().from(this.#table).where(this.#isOpen(team, name));
    return row === undefined ? null : this.#of.workOf(row);
  }

  /** It can be used. */
  ready(db: Database, team: string, name: string, digest: string, manifest: Manifest): Promise<void> {
    return this.#end(db, team, name, { state: 'ready', reason: null, digest, manifest: manifest as Row['manifest'] });
  }

  /** It cannot be registered. */
  failed(db: Database, team: string, name: string, reason: string): Promise<void> {
    return this.#end(db, team, name, { state: 'failed', reason: storableText(reason) });
  }

  /** What its job waits for; written only where it is new. */
  async recordWaiting(db: Database, team: string, name: string, reason: string | null): Promise<void> {
    const isNews = sql`${this.#table.reason} is distinct from ${reason}`;
    await db
      .update(this.#table)
      .set({ reason })
      .where(and(this.#isOpen(team, name), isNews));
  }

  #isIt(team: string, name: string) {
    return and(eq(this.#table.team, team), eq(this.#table.name, name));
  }

  #isOpen(team: string, name: string) {
    return and(this.#isIt(team, name), eq(this.#table.state, 'registering'));
  }

  #begun(inHand: Change, row: Row): Registered<Thing> {
    const { kind, digestOf, workOf, thingOf } = this.#of;
    const { team, name } = row;
    inHand.event(`${kind}.submitted`, { team }, { team, name, content: digestOf(workOf(row)) });
    inHand.wake(`start-${kind}`, `${team}/${name}`);
    return { kind: 'created', thing: thingOf(row) };
  }

  async #end(db: Database, team: string, name: string, outcome: Partial<Row> & Pick<Row, 'state' | 'reason'>): Promise<void> {
    await change(db, null, async (inHand) => {
      const { rowCount } = await inHand.tx.update(this.#table).set(outcome).where(this.#isOpen(team, name));
      if (rowCount === 0) return;
      const { state, digest, reason } = outcome;
      if (state === 'ready') inHand.event(`${this.#of.kind}.ready`, { team }, { team, name, digest });
      else inHand.event(`${this.#of.kind}.failed`, { team }, { team, name, reason });
    });
  }
}
