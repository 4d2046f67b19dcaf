import { NOBODY } from "../../../domain/anonymization/nobody.ts";
import {
  GO_WITH_SUBJECT,
  KEPT_ROLES,
  type PersonalCollection,
} from "../../../domain/retention/due-records.ts";
import type { Scalar } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { isHeldRecord, PLACE_HOLDER_FIELDS } from "../retention-statements.ts";

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

/**
 * Looks through a page and locks until the end of the transaction what may go and nobody is changing just now, or has
 * changed since the page was read: such a row lies elsewhere. Of subjects, what keeps them is looked at once more under the
 * lock. Answers one row: how many records, of them held, restricted, in office, date and id of the last, and where those lie
 * that are locked, as one array: what a batch takes travels as one text, and rows of it cost the process that serves
 * requests more than the server. A row that is locked stays where it lies, and is found there without its index.
 */
const lockedPage = (table: PersonalCollection, page: string): string => {
  const roles = KEPT_ROLES.map(literal).join(", ");
  const own = table === "subjects" ? ` and c."status" <> 'restricted' and c."role" not in (${roles})` : "";
  const held = `p."hold" is not null`;
  const restricted = `p."hold" is null and p."status" = 'restricted'`;
  const free = `p."hold" is null and p."status" is distinct from 'restricted'`;
  const inOffice = table === "subjects" ? `${free} and p."role" in (${roles})` : "false";
  return (
    `with page as materialized (${page}), locked as materialized (` +
    `select c."id", c.ctid as "row" from "${table}" as c ` +
    `where c.ctid = any(array(select p."row" from page as p where ${free} and not (${inOffice}))) ` +
    `and c."retention_until" <= $1${own} for update skip locked) ` +
    `select count(*), count(*) filter (where ${held}), count(*) filter (where ${restricted}), ` +
    `count(*) filter (where ${inOffice}), ` +
    `(select p."retention_until" || ' ' || p."id" from page as p order by p."retention_until" desc, p."id" desc limit 1), ` +
    // In a table of hashes: joined, a planner that expects few rows compares each with each.
    `(select array_agg(l."${table === "subjects" ? "id" : "row"}")::text from locked as l ` +
    `where l."row" in (select p."row" from page as p)) from page as p`
  );
};

/** Comments that nobody replied to go; asked behind their locks, beside which no reply can come. */
const DELETE_LEAVES =
  `with gone as (delete from "comments" as t where t.ctid = any($1::tid[]) ` +
  `and not exists (select 1 from "comments" as r where r."parent_id" = t."id") returning t."subject_id") ` +
  `select count(*), count(*) filter (where "subject_id" = ${literal(NOBODY)}) from gone`;

const LEFT = `select "id", "retention_until", "subject_id" from "comments" where ctid = any($1::tid[])`;

const inVault = (table: TableName): string =>
  `from "${table}" as t where t."subject_id" = any($1::text[]) and not ${isHeldRecord(`t."id"`)}`;
const VAULT = GO_WITH_SUBJECT.map((table) => `delete ${inVault(table)} returning t."subject_id"`);
const IN_VAULT = GO_WITH_SUBJECT.map((table) => `select t."subject_id" ${inVault(table)}`).join(
  " union all ",
);

const deleteLocked = (table: TableName): string => `delete from "${table}" where ctid = any($1::tid[])`;

const DELETE_SUBJECTS = `delete from "subjects" where "id" = any($1::text[])`;

export {
  BLANK,
  DELETE_LEAVES,
  DELETE_SUBJECTS,
  deleteLocked,
  IN_VAULT,
  LATEST_REPLIES,
  LEFT,
  LOOK_AGAIN,
  lockedPage,
  VAULT,
};
