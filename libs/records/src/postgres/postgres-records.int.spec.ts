import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { askAll, type ProcessReport } from '@titrate/contracts';
import { verifyChain } from '@titrate/ledger';
import { sql } from 'drizzle-orm';
import { helpersOf } from '../drive-records.ts';
import { ada, logOf, settingsOf, sweepOf } from '../example-sweeps.ts';
import { databaseQuestions } from '../questions.ts';
import type { Records } from '../records.ts';
import { testRecords } from '../records.contract.ts';
import { appendEvents, type EventDraft } from './events.ts';
import { DatabaseNewer, createPostgresRecords, type PostgresRecordsOptions } from './index.ts';
import { enqueue, takeOutbox } from './outbox.ts';
import { ask, newRecords } from './test-database.ts';

const journal = JSON.parse(readFileSync(new URL('migrations/meta/_journal.json', import.meta.url), 'utf8')) as {
  entries: { idx: number }[];
};

testRecords(newRecords);

/** A small machine that runs other suites beside this one is slow, not broken. */
const TIMEOUT_MS = 60_000;

type Opened = Awaited<ReturnType<typeof newRecords>>;

const withDatabase = (claim: string, test: (opened: Opened) => Promise<void>, options?: PostgresRecordsOptions) =>
  it(
    claim,
    async () => {
      const opened = await newRecords(options);
      try {
        await test(opened);
      } finally {
        await opened.close();
      }
    },
    TIMEOUT_MS,
  );

const draft = (name: string): EventDraft => ({ kind: 'run.waiting', actor: 'test', team: null, sweep: null, run: null, data: { name } });
const until = <T>(milliseconds: number, value: T) => new Promise<T>((resolve) => setTimeout(resolve, milliseconds, value));

describe('events and the ledger', () => {
  withDatabase('never show a later event before an earlier one that is still being committed', async ({ db, records }) => {
    const gate = Promise.withResolvers<void>();
    const appended = Promise.withResolvers<void>();
    const slow = db.transaction(async (tx) => {
      await appendEvents(tx, [draft('slow')]);
      appended.resolve();
      await gate.promise;
    });
    await appended.promise;
    const fast = db.transaction((tx) => appendEvents(tx, [draft('fast')])).then(() => 'committed');
    expect(await Promise.race([fast, until(300, 'waits')])).toBe('waits');
    expect(await records.listEvents(0, 10)).toEqual([]);
    gate.resolve();
    await Promise.all([slow, fast]);
    expect((await records.listEvents(0, 10)).map(({ id, data }) => [id, data['name']])).toEqual([
      [1, 'slow'],
      [2, 'fast'],
    ]);
  });

  withDatabase('skip nothing for a reader that follows while slow and fast transactions commit', async ({ db, records }) => {
    let isDone = false;
    const write = async (writer: number) => {
      for (let turn = 0; turn < 10; turn++) {
        await db.transaction(async (tx) => {
          await appendEvents(tx, [draft(`${writer}.${turn}`)]);
          if (writer === 0) await tx.execute(sql`select pg_sleep(0.02)`);
        });
      }
    };
    const follow = async () => {
      const seen: number[] = [];
      for (let last = false; !last;) {
        last = isDone;
        seen.push(...(await records.listEvents(seen.at(-1) ?? 0, 7)).map(({ id }) => id));
        last &&= seen.length === 40;
      }
      return seen;
    };
    const following = follow();
    await Promise.all([0, 1, 2, 3].map(write));
    isDone = true;
    expect(await following).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(verifyChain(await records.listLedger(0, 100))).toMatchObject({ kind: 'intact', entries: 40 });
  });

  withDatabase('cannot be rewritten', async ({ records, url }) => {
    await helpersOf(records).submit();
    for (const text of ["update events set actor = 'mallory'", 'delete from events', 'truncate events']) {
      await expect(ask(url, text)).rejects.toThrow(/must only be appended/);
    }
  });

  withDatabase('are committed with the change and the outbox, or not at all', async ({ records, url }) => {
    await ask(url, "create function refuse() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$");
    await ask(url, 'create trigger refuse before insert on outbox execute function refuse()');
    const { spec, plan } = sweepOf();
    await expect(records.submitSweep(ada, spec, plan, 'key')).rejects.toThrow();
    const [left] = await ask(
      url,
      'select (select count(*) from sweeps) + (select count(*) from runs) + (select count(*) from events) + (select count(*) from idempotency_keys) as rows',
    );
    expect(left).toEqual({ rows: '0' });
    await ask(url, 'drop trigger refuse on outbox');
    expect((await records.submitSweep(ada, spec, plan, 'key')).kind).toBe('created');
  });
});

describe('the outbox', () => {
  withDatabase('keeps a wake from relays until the change that repeats it can be seen', async ({ db, records }) => {
    await db.transaction((tx) => enqueue(tx, [{ kind: 'wake-run', target: 'r' }]));
    const gate = Promise.withResolvers<void>();
    const enqueued = Promise.withResolvers<void>();
    const changing = db.transaction(async (tx) => {
      await enqueue(tx, [{ kind: 'wake-run', target: 'r' }]);
      enqueued.resolve();
      await gate.promise;
    });
    await enqueued.promise;
    expect(await records.takeOutbox(10)).toEqual([]);
    gate.resolve();
    await changing;
    expect(await records.takeOutbox(10)).toMatchObject([{ kind: 'wake-run', target: 'r' }]);
  });

  withDatabase('gives each row to one relay, and those of a relay that died to another', async ({ db }) => {
    const wakes = Array.from({ length: 40 }, (_, index) => ({ kind: 'wake-run' as const, target: `r${index}` }));
    await db.transaction((tx) => enqueue(tx, wakes));
    const taken = (await Promise.all([1, 2, 3, 4].map(() => takeOutbox(db, 10, 0.5)))).flat();
    const rest = await takeOutbox(db, 40, 0.5);
    expect(new Set([...taken, ...rest].map(({ id }) => id)).size).toBe(taken.length + rest.length);
    expect(taken.length + rest.length).toBe(40);
    await until(600, null);
    expect(await takeOutbox(db, 100, 10)).toHaveLength(40);
  });
});

describe('a connection that breaks', () => {
  withDatabase('fails the change that was on it, and nothing else', async ({ db, records, url }) => {
    const { spec, plan } = sweepOf();
    await db.transaction(async (tx) => {
      await appendEvents(tx, [draft('holds the numbers')]);
      const submission = records.submitSweep(ada, spec, plan, null).then(
        () => 'submitted',
        () => 'failed',
      );
      const isWaiting = async () =>
        (
          await ask(
            url,
            "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'advisory' and datname = current_database()",
          )
        ).length === 1;
      while (!(await isWaiting())) await until(20, null);
      expect(await submission).toBe('failed');
    });
    expect((await records.submitSweep(ada, spec, plan, null)).kind).toBe('created');
  });
});

describe('migrate()', () => {
  withDatabase('may be called by several programs at once, and again', async ({ url }) => {
    const others = [1, 2, 3].map(() => createPostgresRecords(url));
    await Promise.all(others.map((records) => records.migrate()));
    await Promise.all(others.map((records) => records.close()));
    expect(await ask(url, 'select position from migrations order by position')).toEqual(
      journal.entries.map(({ idx }) => ({ position: idx + 1 })),
    );
  });

  withDatabase('refuses a database that a newer version has migrated', async ({ records, url }) => {
    await ask(url, "insert into migrations (position, digest) values (1000, 'of tomorrow')");
    await expect(records.migrate()).rejects.toThrow(DatabaseNewer);
  });
});

describe('the questions about the database', () => {
  const answersOf = async (records: Records) =>
    (await askAll(databaseQuestions(records))).map(({ name, state, found }) => [name, state, found]);
  const behind = 'delete from migrations where position = (select max(position) from migrations)';
  const all = journal.entries.length;

  withDatabase('find its version, all migrations and its clock', async ({ records }) => {
    expect(await answersOf(records)).toEqual([
      ['version', 'ok', expect.stringMatching(/^PostgreSQL 18\./)],
      ['migrations', 'ok', `${all} of ${all} applied`],
      ['clock', 'ok', 'agrees with ours'],
    ]);
  });

  withDatabase('find migrations that are missing, that were never made, and that are of another version', async ({ records, url }) => {
    await ask(url, behind);
    expect((await answersOf(records))[1]).toEqual(['migrations', 'failed', `${all - 1} of ${all} applied`]);
    await ask(url, "insert into migrations (position, digest) values (1000, 'of tomorrow')");
    expect((await answersOf(records))[1]).toEqual([
      'migrations',
      'failed',
      expect.stringContaining(`migration ${all} of the database is none of`),
    ]);
    await ask(url, 'drop table migrations');
    expect((await answersOf(records))[1]).toEqual(['migrations', 'failed', `0 of ${all} applied`]);
  });

  it('tell why nobody answers', async () => {
    const records = createPostgresRecords('postgres://nobody@127.0.0.1:1/none');
    const after = ['failed', 'not asked: database: version comes first'];
    expect((await answersOf(records)).map(([, state, found]) => [state, found])).toEqual([
      ['failed', 'connect ECONNREFUSED 127.0.0.1:1'],
      after,
      after,
    ]);
    await records.close();
  });

  it('find a clock that is off, and an old server', async () => {
    const told = { version: '12.4', aheadSeconds: -42, uncertainSeconds: 0.1, applied: 1, known: 1, stranger: null };
    const answers = await askAll(databaseQuestions({ identify: async () => told }));
    expect(answers.map(({ state, found }) => [state, found])).toEqual([
      ['warning', 'PostgreSQL 12.4'],
      ['ok', '1 of 1 applied'],
      ['warning', '41.9 s behind ours'],
    ]);
  });

  withDatabase('know the processes that were silent for a day no more', async ({ records, url }) => {
    const report: ProcessReport = {
      instance: 'a',
      kind: 'worker',
      version: '1',
      startedAt: new Date().toISOString(),
      jobs: '',
      checks: [],
    };
    await records.reportProcess(report);
    await ask(url, "update processes set seen_at = now() - interval '25 hours'");
    expect(Math.round((await records.listProcesses())[0]!.secondsAgo / 3600)).toBe(25);
    await records.reportProcess({ ...report, instance: 'b' });
    expect((await records.listProcesses()).map(({ instance }) => instance)).toEqual(['b']);
  });
});

describe('many at once', () => {
  withDatabase('submissions, cancellations and run logs over shared runs end without a deadlock', async ({ records }) => {
    const doses = Array.from({ length: 12 }, (_, index) => index);
    const names = ['a', 'b', 'c', 'd'];
    const submitted = await Promise.all(
      names.map((name, index) => helpersOf(records).submit({ name, doses: index % 2 === 0 ? doses : doses.toReversed() })),
    );
    const cancel = submitted.slice(1).map(({ id }) => records.changeSweep(ada, id, 'cancel'));
    const train = submitted[0]!.runs.map(async (run) => {
      await records.runsTakenUp(submitted[0]!.id, [run]);
      await records.recordLog(run, logOf(run));
    });
    await Promise.all([...cancel, ...train]);
    expect(await records.getSweep('red', submitted[0]!.id)).toMatchObject({ runs: { evaluating: 12 } });
    expect(verifyChain(await records.listLedger(0, 10_000))).toMatchObject({ kind: 'intact' });
  });

  withDatabase(
    'ten thousand runs that ended are told by the metrics as one number, and have no series of their own',
    async ({ records, url }) => {
      const { runs } = await helpersOf(records).submit({ doses: [0] });
      await helpersOf(records).finish(runs[0]!);
      const before = await records.readMetrics();
      const like = (table: string, changes: string) =>
        `insert into ${table} select (json_populate_record(r, json_build_object(${changes}))).* from ${table} r, generate_series(1, 10000) n`;
      const id = "encode(sha256(n::text::bytea), 'hex')";
      await ask(url, like('runs', `'id', ${id}, 'number', 100000 + n`));
      await ask(url, like('attempts', `'run', ${id}`));
      const after = await records.readMetrics();
      expect([before.runs, after.runs]).toEqual([{ finished: 1 }, { finished: 10_001 }]);
      expect({ ...after, runs: before.runs, liveSweeps: [] }).toEqual({ ...before, liveSweeps: [] });
      expect([after.atWork, after.liveSweeps.length]).toEqual([[], before.liveSweeps.length]);
    },
  );

  it(
    'lists 500 runs and 3,000 evaluations with a fixed number of questions a page',
    async () => {
      let statements = 0;
      const { records, close } = await newRecords({ onStatement: () => void (statements += 1) });
      const counted = async <T>(question: () => Promise<T>) => {
        statements = 0;
        return [await question(), statements] as const;
      };
      try {
        const doses = Array.from({ length: 500 }, (_, index) => index);
        const [{ id }, submitting] = await counted(() =>
          helpersOf(records).submit({ doses, settings: [settingsOf(0), settingsOf(1), settingsOf(2)] }),
        );
        expect(submitting).toBeLessThan(40);
        const pages = [
          await counted(() => records.listRuns('red', { limit: 200, sweep: id })),
          await counted(() => records.listRuns('red', { limit: 200 })),
          await counted(() => records.listCells(id, { limit: 200 })),
          await counted(() => records.listEvaluations({ sweep: id }, { limit: 200 })),
          await counted(() => records.listSweeps('red', { limit: 200 })),
        ] as const;
        expect(pages.map(([page]) => page.items.length)).toEqual([200, 200, 200, 200, 1]);
        expect(pages.map(([, questions]) => questions)).toEqual([3, 3, 2, 1, 3]);
        expect((await counted(() => records.sweepView(id)))[0]?.owing).toHaveLength(500);
      } finally {
        await close();
      }
    },
    TIMEOUT_MS,
  );
});
