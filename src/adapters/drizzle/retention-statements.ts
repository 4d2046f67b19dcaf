import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import {
  GO_WITH_SUBJECT,
  KEPT_ROLES,
  type KeptReason,
  type PersonalCollection,
  PLACE_HOLDER,
} from "../../domain/retention/due-records.ts";
import type { TableName } from "./limits.ts";
import type { IndexHint } from "./portable.ts";

/** Texts with `$1`, `$2` … as PostgreSQL reads them; SQLite is given `?1`, `?2` …. */
export interface RetentionStatements {
  /**
   * due, date and id to begin behind, limit. Answers what `dueRow` takes, in order of the date; whether it was replied to
   * only where that is `asked`. `beside`: SQL of one more column, and its name.
   */
  page(table: PersonalCollection, asked?: boolean, beside?: readonly [string, string]): string;
  /** due, date and id to begin behind, how many to pass over. Answers the date and id of the next. */
  place(table: PersonalCollection): string;
  /** due, date and id to begin behind. */
  count(table: PersonalCollection): string;
}

/** A record on a page. */
export interface DueRow {
  readonly id: string;
  readonly retention_until: number;
  readonly subject_id: string | null;
  /** Of whom it is about; of anybody but subjects themselves null where she is active. */
  readonly status: string | null;
  /** Of subjects alone. */
  readonly role: string | null;
  readonly hold: string | null;
  /** Something is in reply to it, a comment, which then stays as a place-holder. */
  readonly answered: boolean;
}

export type ColumnsOf = (table: TableName) => readonly string[];

/** A hold keeps until it is lifted, from when on it was meant or not. It is looked up twice, each time in its own index. */
const heldBy = (condition: string): string =>
  `(select h."id" from "legal_holds" as h where ${condition} and h."lifted_at" is null limit 1)`;

export const isHeldRecord = (id: string): string => `exists ${heldBy(`h."record_id" = ${id}`)}`;

const BEHIND = `t."retention_until" <= $1 and (t."retention_until", t."id") > ($2, $3)`;
const IN_ORDER = `order by t."retention_until", t."id"`;

export const createRetentionStatements = (
  columnsOf: ColumnsOf,
  indexedBy: IndexHint,
): RetentionStatements => ({
  page: (table, asked = false, beside = undefined) => {
    const own = table === "subjects";
    const subject = own ? `t."id"` : columnsOf(table).includes("subject_id") ? `t."subject_id"` : null;
    // Whoever is active is not looked up: only those few who are not.
    const setAside = `(select s."status" from "subjects" as s${indexedBy("subjects_set_aside")} where s."id" = ${subject} and s."status" <> 'active')`;
    const status = own ? `t."status"` : subject === null ? "null" : setAside;
    const role = own ? `t."role"` : "null";
    const holds = [
      ...(subject === null ? [] : [heldBy(`h."subject_id" = ${subject}`)]),
      heldBy(`h."record_id" = t."id"`),
    ];
    // Mostly there is none at all, which is asked once.
    const hold = `case when (select exists (select 1 from "legal_holds" where "lifted_at" is null)) then coalesce(${holds.join(", ")}, null) end`;
    const answered =
      asked && CATALOGUE[table].due === "blank"
        ? `exists (select 1 from "${table}" as r where r."parent_id" = t."id")`
        : "false";
    const fields = [
      [`t."id"`, "id"],
      [`t."retention_until"`, "retention_until"],
      [subject ?? "null", "subject_id"],
      [status, "status"],
      [role, "role"],
      [hold, "hold"],
      [answered, "answered"],
      ...(beside === undefined ? [] : [beside]),
    ].map(([value, name]) => `${value} as "${name}"`);
    return `select ${fields.join(", ")} ` + `from "${table}" as t where ${BEHIND} ${IN_ORDER} limit $4`;
  },
  place: (table) =>
    `select t."retention_until", t."id" from "${table}" as t where ${BEHIND} ${IN_ORDER} limit 1 offset $4`,
  count: (table) => `select count(*) from "${table}" as t where ${BEHIND}`,
});

export const dueRow = (values: readonly unknown[]): DueRow => {
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const [id, retention_until, subject_id, status, role, hold, answered] = values;
  return {
    id: String(id),
    retention_until: Number(retention_until),
    subject_id: text(subject_id),
    status: text(status),
    role: text(role),
    hold: text(hold),
    // SQLite knows no truth but 1.
    answered: answered === 1 || answered === true,
  };
};

/** Why it stays, or null. */
export const keptReason = (table: PersonalCollection, row: DueRow): KeptReason | null => {
  if (row.hold !== null) return "held";
  if (row.status === "restricted") return "restricted";
  return table === "subjects" && (KEPT_ROLES as readonly (string | null)[]).includes(row.role)
    ? "in_office"
    : null;
};

/** Tables that speak of subjects, without what goes with them, what is gone in a day, and holds, which say so themselves. */
export const tablesOfSubjects = (tables: readonly TableName[], columnsOf: ColumnsOf): readonly TableName[] =>
  tables.filter(
    (table) =>
      columnsOf(table).includes("subject_id") &&
      table !== "idempotent_answers" &&
      table !== "legal_holds" &&
      !(GO_WITH_SUBJECT as readonly TableName[]).includes(table),
  );

/** What a place-holder's fields are set to, in a fixed order. */
export const PLACE_HOLDER_FIELDS = Object.entries(PLACE_HOLDER) as readonly (readonly [
  string,
  string | boolean | null,
])[];
