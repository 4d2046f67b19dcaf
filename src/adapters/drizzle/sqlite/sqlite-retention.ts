import { NOBODY, nobody } from "../../../domain/anonymization/nobody.ts";
import { CATALOGUE } from "../../../domain/personal-data/catalogue.ts";
import { BEFORE_ALL, GO_WITH_SUBJECT, LOOK_AGAIN_DAYS } from "../../../domain/retention/due-records.ts";
import { countsOf, type DueFate } from "../../../domain/retention/due-tally.ts";
import type { Changes } from "../../../domain/shared/changes.ts";
import { type Instant, plusDays } from "../../../domain/shared/instant.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { AppliedBatch, BatchOutcome, DueBatch, RetentionStore } from "../../../ports/retention-store.ts";
import type { Conflict } from "../../../ports/unit-of-work.ts";
import type { Encoder, Scalar } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { type Attempt, sqliteHint } from "../portable.ts";
import {
  createRetentionStatements,
  type DueRow,
  dueRow,
  isHeldRecord,
  keptReason,
  PLACE_HOLDER_FIELDS,
  tablesOfSubjects,
} from "../retention-statements.ts";
import { storageFailure } from "../storage-failure.ts";
import type { Checkpointer } from "./checkpointer.ts";
import { type SqliteConnection, unhurried } from "./connection.ts";
import { giveWay } from "./give-way.ts";
import type { SqliteGroupStore } from "./sqlite-group-store.ts";

export interface SqliteRetentionOptions {
  readonly attempt: Attempt;
  readonly checkpointer: Checkpointer;
  readonly tables: readonly TableName[];
  /** After this long a batch takes no further record: what it wrote has to reach the disk as well. */
  readonly budgetMs: number;
}

/** What becomes of one record, and how many others go with it. */
interface Done {
  readonly fate: DueFate;
  readonly alongside: number;
}

/** Where others always have work, a run waits for them so many times as long as its batch took, and not longer. */
const REST = 3;

/** Records that a batch fetches at first: about what its time is enough for. */
const FETCHED_FIRST = 32;

const only = (fate: DueFate): Done => ({ fate, alongside: 0 });

const bound = (value: Scalar): Scalar => (typeof value === "boolean" ? Number(value) : value);

export const createRetentionStore = (
  { db, statement }: SqliteConnection,
  encoder: Encoder,
  groups: Pick<SqliteGroupStore, "storeInside">,
  { attempt, checkpointer, tables, budgetMs }: SqliteRetentionOptions,
): RetentionStore => {
  const texts = createRetentionStatements(encoder.columnsOf, sqliteHint);
  const rows = (text: string, ...values: readonly Scalar[]): readonly unknown[][] =>
    statement(text.replaceAll("$", "?")).values(...values);
  const run = (text: string, ...values: readonly Scalar[]): number => statement(text).run(...values).changes;

  const remove = new Map(tables.map((table) => [table, `delete from "${table}" where "id" = ?1`]));
  const deleteOne = (table: TableName, id: string): void => void run(remove.get(table) ?? "", id);
  const placeHolder = PLACE_HOLDER_FIELDS.map(([name], index) => `"${name}" = ?${index + 4}`).join(", ");
  const BLANK = `update "comments" set ${placeHolder}, "retention_until" = ?2, "updated_at" = ?3, "version" = "version" + 1 where "id" = ?1`;
  const LATEST_REPLY = `select "retention_until" from "comments" where "parent_id" = ?1 order by "retention_until" desc limit 1`;
  const LOOK_AGAIN = `update "subjects" set "retention_until" = ?2, "updated_at" = ?3, "version" = "version" + 1 where "id" = ?1`;
  const inVault = (table: TableName): string =>
    `from "${table}" where "subject_id" = ?1 and not ${isHeldRecord(`"${table}"."id"`)}`;
  const VAULT = GO_WITH_SUBJECT.map((table) => `delete ${inVault(table)}`);
  const VAULT_COUNTS = GO_WITH_SUBJECT.map((table) => `select count(*) ${inVault(table)}`);
  const speakOf = (speaking: readonly TableName[]): string =>
    `select 1 where ${speaking
      .map((table) => `exists (select 1 from "${table}" where "subject_id" = ?1)`)
      .join(" or ")}`;
  const others = tablesOfSubjects(tables, encoder.columnsOf);
  const OTHERS_SPEAK_OF = speakOf(others);
  const SPEAKS_OF = speakOf([...others, ...GO_WITH_SUBJECT]);
  const columns = encoder.columnsOf("subjects");
  const INSERT_SUBJECT = `insert into "subjects" (${columns.map((name) => `"${name}"`).join(", ")}) values (${columns
    .map((_, index) => `?${index + 1}`)
    .join(", ")}) on conflict do nothing`;

  const insertNobody = (now: Instant): void => {
    const row = nobody(now) as unknown as Readonly<Record<string, Scalar>>;
    run(INSERT_SUBJECT, ...columns.map((name) => bound(row[name] ?? null)));
  };

  /** Without a reply when the page was read it has none now: nobody else writes meanwhile. */
  const latestReply = (row: DueRow): readonly unknown[] | undefined =>
    row.answered ? rows(LATEST_REPLY, row.id)[0] : undefined;

  const removeComment = (row: DueRow, now: Instant): Done => {
    const latest = latestReply(row);
    const empty = row.subject_id === NOBODY;
    if (latest === undefined) {
      deleteOne("comments", row.id);
      return only(empty ? "cleared" : "deleted");
    }
    // Looked at again when the last reply has gone; replies without a date leave it as it is.
    const until = Math.max(row.retention_until, Number(latest[0] ?? 0) + 1);
    if (!empty) insertNobody(now);
    if (!empty || until > row.retention_until)
      run(BLANK, row.id, until, now, ...PLACE_HOLDER_FIELDS.map(([, value]) => bound(value)));
    return only(empty ? "waits" : "blanked");
  };

  const sever = (row: DueRow, now: Instant): Done => {
    const alongside = VAULT.reduce((sum, text) => sum + run(text, row.id), 0);
    if (rows(SPEAKS_OF, row.id).length === 0) {
      deleteOne("subjects", row.id);
      return { fate: "deleted", alongside };
    }
    run(LOOK_AGAIN, row.id, plusDays(now, LOOK_AGAIN_DAYS), now);
    return { fate: alongside > 0 ? "blanked" : "in_use", alongside };
  };

  const act = ({ collection, now }: DueBatch, row: DueRow): Done => {
    if (CATALOGUE[collection].due === "blank") return removeComment(row, now);
    if (CATALOGUE[collection].due === "sever") return sever(row, now);
    deleteOne(collection, row.id);
    return only("deleted");
  };

  const foreseeSever = (row: DueRow): Done => {
    const alongside = VAULT_COUNTS.reduce((sum, text) => sum + Number(rows(text, row.id)[0]?.[0] ?? 0), 0);
    if (rows(OTHERS_SPEAK_OF, row.id).length === 0) return { fate: "deleted", alongside };
    return { fate: alongside > 0 ? "blanked" : "in_use", alongside };
  };

  const foresee = ({ collection }: DueBatch, row: DueRow): Done => {
    const { due } = CATALOGUE[collection];
    if (due === "sever") return foreseeSever(row);
    const empty = due === "blank" && row.subject_id === NOBODY;
    if (due === "blank" && row.answered) return only(empty ? "waits" : "blanked");
    return only(empty ? "cleared" : "deleted");
  };

  /** What was not come to in its time would have been fetched in vain. */
  let fetched = FETCHED_FIRST;

  /** Goes through a page until it ends or the time is over; `each` does what becomes of a record, or only says it. */
  const goThrough = (batch: DueBatch, each: (batch: DueBatch, row: DueRow) => Done): BatchOutcome => {
    const until = performance.now() + budgetMs;
    const { retention_until, id } = batch.after ?? BEFORE_ALL;
    const limit = Math.min(batch.limit, fetched);
    const page = rows(texts.page(batch.collection, true), batch.due, retention_until, id, limit).map(dueRow);
    const fates = new Map<DueFate, number>();
    let alongside = 0;
    let last: DueRow | null = null;
    let seen = 0;
    for (const row of page) {
      const reason = keptReason(batch.collection, row);
      const done = reason === null ? each(batch, row) : only(reason);
      fates.set(done.fate, (fates.get(done.fate) ?? 0) + 1);
      alongside += done.alongside;
      last = row;
      seen += 1;
      if (performance.now() >= until) break;
    }
    fetched = Math.ceil(Math.max(seen, FETCHED_FIRST) * 1.25);
    const over = last === null || (last === page.at(-1) && page.length < limit);
    return {
      counts: countsOf(fates, alongside),
      busy: 0,
      after: over || last === null ? null : { retention_until: last.retention_until as Instant, id: last.id },
    };
  };

  /** From `begin` to `commit` without an `await`, as a group of commits runs. */
  const transact = (
    batch: DueBatch,
    tell: (outcome: BatchOutcome) => Changes,
  ): Result<AppliedBatch, Conflict> => {
    const began = performance.now();
    statement("begin immediate").run();
    let committing = false;
    try {
      const outcome = goThrough(batch, act);
      const verdict = groups.storeInside(tell(outcome));
      if (verdict.type !== "stored") {
        statement("rollback").run();
        if (verdict.type === "conflict") return err(verdict);
        throw new RangeError("what tells of a batch cannot be stored");
      }
      committing = true;
      statement("commit").run();
      return ok({ outcome, milliseconds: performance.now() - began });
    } catch (error) {
      if (db.inTransaction) statement("rollback").run();
      throw storageFailure("retention", error, committing ? "unknown" : "no");
    }
  };

  return {
    apply: async (batch, tell) => {
      const applied = await attempt("retention", async () => unhurried(db, () => transact(batch, tell)));
      if (!applied.ok) return applied;
      const { outcome, milliseconds } = applied.value;
      const copying = await attempt("retention.checkpoint", checkpointer.written);
      await giveWay(REST * milliseconds);
      return ok({ outcome, milliseconds: Math.max(milliseconds, copying) });
    },
    rehearse: (batch) =>
      attempt("retention.rehearse", async () => {
        const began = performance.now();
        const outcome = goThrough(batch, foresee);
        return { outcome, milliseconds: performance.now() - began };
      }),
    count: (collection, after, until, limit) =>
      attempt("retention.count", async () => {
        const from = [until, after.retention_until, after.id] as const;
        const [last] = rows(texts.place(collection), ...from, limit - 1);
        if (last !== undefined) {
          const [date, id] = last;
          return { records: limit, after: { retention_until: Number(date) as Instant, id: String(id) } };
        }
        return { records: Number(rows(texts.count(collection), ...from)[0]?.[0] ?? 0), after: null };
      }),
  };
};
