import { NOBODY, nobody } from "../../domain/anonymization/nobody.ts";
import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import {
  BEFORE_ALL,
  type DuePosition,
  GO_WITH_SUBJECT,
  KEPT_ROLES,
  type KeptReason,
  LOOK_AGAIN_DAYS,
  type PersonalCollection,
  PLACE_HOLDER,
} from "../../domain/retention/due-records.ts";
import { countsOf, type DueFate } from "../../domain/retention/due-tally.ts";
import type { GdprRecord } from "../../domain/shared/gdpr-record.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import { type Instant, plusDays } from "../../domain/shared/instant.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Verdict } from "../../ports/group-store.ts";
import type { BatchOutcome, DueBatch, RetentionStore } from "../../ports/retention-store.ts";
import type { MemoryContents } from "./contents.ts";
import type { TableName } from "./fields.ts";
import { fieldsOf } from "./fields.ts";
import type { MemoryGroupStore } from "./memory-group-store.ts";
import type { Table } from "./table.ts";

type DueRow = GdprRecord<string> & { readonly subject_id?: SubjectId | null };

interface Step {
  readonly table: TableName;
  readonly key: string;
  /** Null: the record goes. */
  readonly row: object | null;
}

const isBehind = (row: DueRow, after: DuePosition): boolean => {
  const date = row.retention_until ?? 0;
  return date > after.retention_until || (date === after.retention_until && row.id > after.id);
};

/** Bulk work on what is due, in one turn of the event loop: worked out first, then done with what tells of it. */
export const createMemoryRetention = (
  { tables }: MemoryContents,
  groups: Pick<MemoryGroupStore, "storeInside">,
  attempt: <T>(operation: string, work: () => T) => Promise<T>,
): RetentionStore => {
  const tableOf = (name: TableName) => tables[name] as unknown as Table<DueRow>;

  const dueRows = (collection: PersonalCollection, after: DuePosition, until: Instant): DueRow[] =>
    [...tableOf(collection).values()]
      .filter((row) => row.retention_until !== null && row.retention_until <= until && isBehind(row, after))
      .toSorted((a, b) => (a.retention_until ?? 0) - (b.retention_until ?? 0) || (a.id < b.id ? -1 : 1));

  const place = ({ retention_until, id }: DueRow): DuePosition => ({
    retention_until: retention_until ?? BEFORE_ALL.retention_until,
    id,
  });

  const keptReason = (collection: PersonalCollection, row: DueRow): KeptReason | null => {
    const subjectId = collection === "subjects" ? (row.id as SubjectId) : (row.subject_id ?? null);
    for (const hold of tables.legal_holds.values()) {
      if (hold.lifted_at !== null) continue;
      if (hold.record_id === row.id || (hold.subject_id !== null && hold.subject_id === subjectId))
        return "held";
    }
    const subject = subjectId === null ? null : tables.subjects.get(subjectId);
    if (subject?.status === "restricted") return "restricted";
    return collection === "subjects" && subject !== null && KEPT_ROLES.includes(subject.role)
      ? "in_office"
      : null;
  };

  const work = ({ collection, due, now, after, limit }: DueBatch) => {
    const page = dueRows(collection, after ?? BEFORE_ALL, due).slice(0, limit);
    const steps = new Map<string, Step>();
    const fates = new Map<DueFate, number>();
    let alongside = 0;
    const plan = (step: Step): void => void steps.set(`${step.table} ${step.key}`, step);
    const present = (table: TableName): DueRow[] =>
      [...tableOf(table).values()].filter((row) => steps.get(`${table} ${row.id}`)?.row !== null);
    const ofSubject = (table: TableName, id: string): DueRow[] =>
      present(table).filter((row) => row.subject_id === id);

    const removeComment = (row: DueRow): DueFate => {
      const replies = present("comments").filter(
        (each) => (each as { readonly parent_id?: string | null }).parent_id === row.id,
      );
      const empty = row.subject_id === NOBODY;
      if (replies.length === 0) {
        plan({ table: "comments", key: row.id, row: null });
        return empty ? "cleared" : "deleted";
      }
      const latest = Math.max(...replies.map((reply) => reply.retention_until ?? 0)) + 1;
      const retention_until = Math.max(row.retention_until ?? 0, latest);
      if (!empty || retention_until > (row.retention_until ?? 0)) {
        const set = { ...PLACE_HOLDER, retention_until, updated_at: now, version: row.version + 1 };
        plan({ table: "comments", key: row.id, row: { ...row, ...set } });
        if (tables.subjects.get(NOBODY) === null) plan({ table: "subjects", key: NOBODY, row: nobody(now) });
      }
      return empty ? "waits" : "blanked";
    };

    const sever = (row: DueRow): DueFate => {
      const vault = GO_WITH_SUBJECT.flatMap((table) =>
        ofSubject(table, row.id)
          .filter((each) => keptReason(table, { ...each, subject_id: null }) === null)
          .map((each) => ({ table, key: each.id, row: null })),
      );
      for (const step of vault) plan(step);
      alongside += vault.length;
      const spoken = (Object.keys(tables) as TableName[]).some(
        (table) =>
          "subject_id" in (fieldsOf(table) ?? {}) &&
          table !== "idempotent_answers" &&
          table !== "legal_holds" &&
          ofSubject(table, row.id).length > 0,
      );
      if (!spoken) {
        plan({ table: "subjects", key: row.id, row: null });
        return "deleted";
      }
      const set = {
        retention_until: plusDays(now, LOOK_AGAIN_DAYS),
        updated_at: now,
        version: row.version + 1,
      };
      plan({ table: "subjects", key: row.id, row: { ...row, ...set } });
      return vault.length > 0 ? "blanked" : "in_use";
    };

    const act = (row: DueRow): DueFate => {
      if (CATALOGUE[collection].due === "blank") return removeComment(row);
      if (CATALOGUE[collection].due === "sever") return sever(row);
      plan({ table: collection, key: row.id, row: null });
      return "deleted";
    };

    for (const row of page) {
      const fate = keptReason(collection, row) ?? act(row);
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
    }
    const last = page.at(-1);
    const outcome: BatchOutcome = {
      counts: countsOf(fates, alongside),
      busy: 0,
      after: last === undefined || page.length < limit ? null : place(last),
    };
    return { outcome, steps: [...steps.values()] };
  };

  return {
    apply: (batch, tell) =>
      attempt("retention", () => {
        const began = performance.now();
        const { outcome, steps } = work(batch);
        const verdict: Verdict = groups.storeInside(tell(outcome));
        if (verdict.type === "refused") throw new RangeError("what tells of a batch cannot be stored");
        if (verdict.type === "conflict") return err(verdict);
        for (const { table, key, row } of steps) {
          if (row === null) tableOf(table).remove(key);
          else tableOf(table).put(Object.freeze({ ...row }) as DueRow);
        }
        return ok({ outcome, milliseconds: performance.now() - began });
      }),
    rehearse: (batch) =>
      attempt("retention.rehearse", () => {
        const began = performance.now();
        return { outcome: work(batch).outcome, milliseconds: performance.now() - began };
      }),
    count: (collection, after, until, limit) =>
      attempt("retention.count", () => {
        const found = dueRows(collection, after, until).slice(0, limit);
        const last = found.at(-1);
        return {
          records: found.length,
          after: last === undefined || found.length < limit ? null : place(last),
        };
      }),
  };
};
