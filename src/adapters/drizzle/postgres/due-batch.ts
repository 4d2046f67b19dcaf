import { NOBODY, nobody } from "../../../domain/anonymization/nobody.ts";
import { CATALOGUE } from "../../../domain/personal-data/catalogue.ts";
import { GO_WITH_SUBJECT, KEPT_ROLES, LOOK_AGAIN_DAYS } from "../../../domain/retention/due-records.ts";
import type { DueFate } from "../../../domain/retention/due-tally.ts";
import { type Instant, plusDays } from "../../../domain/shared/instant.ts";
import type { DueBatch } from "../../../ports/retention-store.ts";
import type { Encoder, Scalar } from "../encode.ts";
import type { TableName } from "../limits.ts";
import {
  type DueRow,
  isHeldRecord,
  keptReason,
  PLACE_HOLDER_FIELDS,
  tablesOfSubjects,
} from "../retention-statements.ts";
import type { Lane } from "./lane.ts";
import { arrayOf, type Statements } from "./statements.ts";

/** What became of a page's records; those somebody was changing are in none of the lists. */
export interface Fates {
  readonly fates: ReadonlyMap<DueFate, number>;
  readonly alongside: number;
  readonly busy: number;
}

/** Asks one statement and answers the first column of each row. */
type Column = (text: string, ...parameters: readonly (readonly Scalar[] | Scalar)[]) => Promise<unknown[]>;

type Ask = (text: string, parameters: readonly string[]) => Promise<readonly unknown[][]>;

const literal = (value: Scalar): string => {
  if (value === null) return "null";
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
};

const PLACE_HOLDER = PLACE_HOLDER_FIELDS.map(([name, value]) => `"${name}" = ${literal(value)}`).join(", ");

const BLANK =
  `update "comments" as t set ${PLACE_HOLDER}, "retention_until" = new.until, "updated_at" = $3::bigint, "version" = t."version" + 1 ` +
  `from unnest($1::text[], $2::bigint[]) as new (id, until) where t."id" = new.id`;

const LATEST_REPLIES = `select "parent_id", max("retention_until") from "comments" where "parent_id" = any($1::text[]) group by "parent_id"`;

const LOOK_AGAIN =
  `update "subjects" set "retention_until" = $2::bigint, "updated_at" = $3::bigint, "version" = "version" + 1 ` +
  `where "id" = any($1::text[])`;

/** Who may be touched stays so: whoever restricts her waits for the end of the batch. */
const UNRESTRICTED = `select "id" from "subjects" where "id" = any($1::text[]) and "status" <> 'restricted' for share skip locked`;

/** A row that somebody is changing is left to them. */
const lockText = (table: TableName, subject: string): string =>
  `select "id", ${subject} from "${table}" where "id" = any($1::text[]) and "retention_until" <= $2::bigint for update skip locked`;

const IDLE_SUBJECTS =
  `select "id" from "subjects" where "id" = any($1::text[]) and "retention_until" <= $2::bigint ` +
  `and "status" <> 'restricted' and "role" not in (${KEPT_ROLES.map(literal).join(", ")}) for update skip locked`;

const inVault = (table: TableName): string =>
  `from "${table}" as t where t."subject_id" = any($1::text[]) and not ${isHeldRecord(`t."id"`)}`;
const VAULT = GO_WITH_SUBJECT.map((table) => `delete ${inVault(table)} returning t."subject_id"`);
const IN_VAULT = GO_WITH_SUBJECT.map((table) => `select t."subject_id" ${inVault(table)}`).join(
  " union all ",
);

const deleteText = (table: TableName): string => `delete from "${table}" where "id" = any($1::text[])`;

export const createDueBatches = (encoder: Encoder, statements: Statements, tables: readonly TableName[]) => {
  const { columnsOf } = encoder;
  const speakOf = (speaking: readonly TableName[]): string =>
    `select k from unnest($1::text[]) as k where ${speaking
      .map((table) => `exists (select 1 from "${table}" as t where t."subject_id" = k)`)
      .join(" or ")}`;
  const others = tablesOfSubjects(tables, columnsOf);
  const OTHERS_SPEAK_OF = speakOf(others);
  const SPEAKS_OF = speakOf([...others, ...GO_WITH_SUBJECT]);

  const asking = (lane: Lane) => {
    const rows = (text: string, ...parameters: readonly (readonly Scalar[] | Scalar)[]) =>
      lane.values(
        text,
        parameters.map((each) => (Array.isArray(each) ? arrayOf(each) : String(each))),
      );
    const column: Column = async (...asked) => (await rows(...asked)).map(([value]) => value);
    return { rows, column };
  };

  const insertNobody = async (lane: Lane, now: Instant): Promise<void> => {
    const row = nobody(now) as unknown as Readonly<Record<string, Scalar>>;
    const parameters = columnsOf("subjects").map((name) => arrayOf([row[name] ?? null]));
    await lane.send(statements.insert("subjects"), parameters);
  };

  const removeComments = async (lane: Lane, rows: readonly DueRow[], now: Instant) => {
    const { rows: ask } = asking(lane);
    const ids = rows.map(({ id }) => id);
    const latest = new Map(
      (await ask(LATEST_REPLIES, ids)).map(([parent, until]) => [String(parent), Number(until ?? 0)]),
    );
    const leaves = rows.filter(({ id }) => !latest.has(id));
    const answered = rows.filter(({ id }) => latest.has(id));
    const untilOf = ({ id, retention_until }: DueRow): number =>
      Math.max(retention_until, (latest.get(id) ?? 0) + 1);
    const moved = answered.filter((row) => row.subject_id !== NOBODY || untilOf(row) > row.retention_until);
    if (leaves.length > 0)
      await ask(
        deleteText("comments"),
        leaves.map(({ id }) => id),
      );
    if (moved.length > 0) {
      await insertNobody(lane, now);
      await ask(
        BLANK,
        moved.map(({ id }) => id),
        moved.map(untilOf),
        now,
      );
    }
    const empty = (list: readonly DueRow[]): number => list.filter((row) => row.subject_id === NOBODY).length;
    return new Map<DueFate, number>([
      ["deleted", leaves.length - empty(leaves)],
      ["cleared", empty(leaves)],
      ["blanked", answered.length - empty(answered)],
      ["waits", empty(answered)],
    ]);
  };

  const sever = async (lane: Lane, ids: readonly string[], now: Instant) => {
    const { column } = asking(lane);
    const emptied: unknown[] = [];
    for (const text of VAULT) emptied.push(...(await column(text, ids)));
    const spoken = new Set(await column(SPEAKS_OF, ids));
    const gone = ids.filter((id) => !spoken.has(id));
    const left = ids.filter((id) => spoken.has(id));
    if (gone.length > 0) await column(deleteText("subjects"), gone);
    if (left.length > 0) await column(LOOK_AGAIN, left, plusDays(now, LOOK_AGAIN_DAYS), now);
    const severed = new Set(emptied);
    const blanked = left.filter((id) => severed.has(id)).length;
    return {
      fates: new Map<DueFate, number>([
        ["deleted", gone.length],
        ["blanked", blanked],
        ["in_use", left.length - blanked],
      ]),
      alongside: emptied.length,
    };
  };

  /** Candidates that are free, locked until the end of the transaction, and whose subject stays unrestricted. */
  const lockFree = async (
    lane: Lane,
    { collection, due }: DueBatch,
    candidates: readonly DueRow[],
  ): Promise<readonly DueRow[]> => {
    const { rows, column } = asking(lane);
    const ids = candidates.map(({ id }) => id);
    if (collection === "subjects") {
      const free = new Set(await column(IDLE_SUBJECTS, ids, due));
      return candidates.filter(({ id }) => free.has(id));
    }
    const subjects = [...new Set(candidates.flatMap(({ subject_id }) => subject_id ?? []))];
    const subject = columnsOf(collection).includes("subject_id") ? `"subject_id"` : "null";
    const [free, found] = await Promise.all([
      column(UNRESTRICTED, subjects),
      rows(lockText(collection, subject), ids, due),
    ]);
    const unrestricted = new Set(free);
    const locked = new Map(found.map(([id, whose]) => [String(id), whose ?? null]));
    return candidates.filter(
      ({ id, subject_id, status }) =>
        // A subject that is gone restricts nothing: tables without a reference may speak of one.
        (subject_id === null || status === null || unrestricted.has(subject_id)) &&
        locked.has(id) &&
        locked.get(id) === subject_id,
    );
  };

  /** Does what is due with a page, in the transaction that is under way. */
  const apply = async (lane: Lane, batch: DueBatch, page: readonly DueRow[]): Promise<Fates> => {
    const fates = new Map<DueFate, number>();
    const candidates: DueRow[] = [];
    for (const row of page) {
      const reason = keptReason(batch.collection, row);
      if (reason === null) candidates.push(row);
      else fates.set(reason, (fates.get(reason) ?? 0) + 1);
    }
    const free = candidates.length === 0 ? [] : await lockFree(lane, batch, candidates);
    const busy = candidates.length - free.length;
    const add = (more: ReadonlyMap<DueFate, number>): void => {
      for (const [fate, count] of more) fates.set(fate, (fates.get(fate) ?? 0) + count);
    };
    if (free.length === 0) return { fates, alongside: 0, busy };
    const ids = free.map(({ id }) => id);
    if (CATALOGUE[batch.collection].due === "blank") add(await removeComments(lane, free, batch.now));
    else if (CATALOGUE[batch.collection].due === "sever") {
      const severed = await sever(lane, ids, batch.now);
      add(severed.fates);
      return { fates, alongside: severed.alongside, busy };
    } else {
      await asking(lane).column(deleteText(batch.collection), ids);
      fates.set("deleted", ids.length);
    }
    return { fates, alongside: 0, busy };
  };

  const foreseeSubjects = async (ask: Ask, ids: readonly string[]) => {
    const inVault = (await ask(IN_VAULT, [arrayOf(ids)])).map(([id]) => id);
    const spoken = new Set((await ask(OTHERS_SPEAK_OF, [arrayOf(ids)])).map(([id]) => id));
    const known = new Set(inVault);
    return {
      fateOf: (id: string): DueFate => (spoken.has(id) ? (known.has(id) ? "blanked" : "in_use") : "deleted"),
      alongside: inVault.length,
    };
  };

  const foreseeComments = async (ask: Ask, rows: readonly DueRow[]) => {
    const answered = new Set(
      (await ask(LATEST_REPLIES, [arrayOf(rows.map(({ id }) => id))])).map(([id]) => id),
    );
    const empty = new Set(rows.filter(({ subject_id }) => subject_id === NOBODY).map(({ id }) => id));
    return {
      fateOf: (id: string): DueFate =>
        answered.has(id) ? (empty.has(id) ? "waits" : "blanked") : empty.has(id) ? "cleared" : "deleted",
      alongside: 0,
    };
  };

  /** What would become of a page, as its records are found. */
  const foresee = async (ask: Ask, { collection }: DueBatch, page: readonly DueRow[]): Promise<Fates> => {
    const { due } = CATALOGUE[collection];
    const free = page.filter((row) => keptReason(collection, row) === null);
    const { fateOf, alongside } =
      due === "sever"
        ? await foreseeSubjects(
            ask,
            free.map(({ id }) => id),
          )
        : due === "blank"
          ? await foreseeComments(ask, free)
          : { fateOf: (): DueFate => "deleted", alongside: 0 };
    const fates = new Map<DueFate, number>();
    for (const row of page) {
      const fate = keptReason(collection, row) ?? fateOf(row.id);
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
    }
    return { fates, alongside, busy: 0 };
  };

  return { apply, foresee };
};
