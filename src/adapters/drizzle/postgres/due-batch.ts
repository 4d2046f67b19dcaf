import { NOBODY, nobody } from "../../../domain/anonymization/nobody.ts";
import { CATALOGUE } from "../../../domain/personal-data/catalogue.ts";
import {
  BEFORE_ALL,
  GO_WITH_SUBJECT,
  KEPT_ROLES,
  LOOK_AGAIN_DAYS,
  type PersonalCollection,
} from "../../../domain/retention/due-records.ts";
import type { DueFate } from "../../../domain/retention/due-tally.ts";
import { type Instant, plusDays } from "../../../domain/shared/instant.ts";
import type { DueBatch } from "../../../ports/retention-store.ts";
import type { Encoder, Scalar } from "../encode.ts";
import type { TableName } from "../limits.ts";
import {
  createRetentionStatements,
  type DueRow,
  dueRow,
  isHeldRecord,
  keptReason,
  PLACE_HOLDER_FIELDS,
  tablesOfSubjects,
} from "../retention-statements.ts";
import type { Lane } from "./lane.ts";
import { arrayOf, type Statements } from "./statements.ts";

/** What became of a page's records; those somebody was changing are only counted. */
interface Fates {
  readonly fates: ReadonlyMap<DueFate, number>;
  readonly alongside: number;
  readonly busy: number;
  readonly page: readonly DueRow[];
}

/** Asks one statement and answers the first column of each row. */
type Column = (text: string, ...parameters: readonly (readonly Scalar[] | Scalar)[]) => Promise<unknown[]>;

type Ask = (text: string, parameters: readonly string[]) => Promise<readonly unknown[][]>;

const pageParameters = ({ due, after, limit }: DueBatch): readonly string[] => {
  const { retention_until, id } = after ?? BEFORE_ALL;
  return [String(due), String(retention_until), id, String(limit)];
};

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
 * A page, and which of its records are locked until the end of the transaction: those that may go and that nobody is
 * changing just now. Where subjects are concerned, what keeps them is looked at once more under the lock.
 */
const lockedPage = (table: PersonalCollection, page: string, subject: string): string => {
  const office = `not in (${KEPT_ROLES.map(literal).join(", ")})`;
  const own = table === "subjects" ? ` and c."status" <> 'restricted' and c."role" ${office}` : "";
  const candidates =
    `select p."id" from page as p where p."hold" is null and p."status" is distinct from 'restricted'` +
    (table === "subjects" ? ` and p."role" ${office}` : "");
  return (
    `with page as materialized (${page}), locked as materialized (` +
    `select c."id", ${subject} as "subject_id" from "${table}" as c ` +
    `where c."id" = any(array(${candidates})) and c."retention_until" <= $1${own} for update skip locked) ` +
    `select p.*, l."id" is not null and l."subject_id" is not distinct from p."subject_id" as "locked" ` +
    `from page as p left join locked as l on l."id" = p."id" order by p."retention_until", p."id"`
  );
};

/** Comments that nobody replied to go; asked behind their locks, beside which no reply can come. */
const DELETE_LEAVES =
  `delete from "comments" as t where t."id" = any($1::text[]) ` +
  `and not exists (select 1 from "comments" as r where r."parent_id" = t."id") returning t."id"`;

const inVault = (table: TableName): string =>
  `from "${table}" as t where t."subject_id" = any($1::text[]) and not ${isHeldRecord(`t."id"`)}`;
const VAULT = GO_WITH_SUBJECT.map((table) => `delete ${inVault(table)} returning t."subject_id"`);
const IN_VAULT = GO_WITH_SUBJECT.map((table) => `select t."subject_id" ${inVault(table)}`).join(
  " union all ",
);

const idsOf = (rows: readonly DueRow[]): readonly string[] => rows.map(({ id }) => id);

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

  const keepPlaces = async (lane: Lane, answered: readonly DueRow[], now: Instant): Promise<void> => {
    const { rows: ask } = asking(lane);
    const latest = new Map(
      (await ask(LATEST_REPLIES, idsOf(answered))).map(([parent, until]) => [
        String(parent),
        Number(until ?? 0),
      ]),
    );
    const untilOf = ({ id, retention_until }: DueRow): number =>
      Math.max(retention_until, (latest.get(id) ?? 0) + 1);
    const moved = answered.filter((row) => row.subject_id !== NOBODY || untilOf(row) > row.retention_until);
    if (moved.length === 0) return;
    await insertNobody(lane, now);
    await ask(BLANK, idsOf(moved), moved.map(untilOf), now);
  };

  const removeComments = async (lane: Lane, rows: readonly DueRow[], now: Instant) => {
    const gone = new Set(await asking(lane).column(DELETE_LEAVES, idsOf(rows)));
    const leaves = rows.filter(({ id }) => gone.has(id));
    const answered = rows.filter(({ id }) => !gone.has(id));
    if (answered.length > 0) await keepPlaces(lane, answered, now);
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

  const texts = createRetentionStatements(columnsOf);
  const pageText = (collection: PersonalCollection): string =>
    lockedPage(
      collection,
      texts.page(collection),
      collection === "subjects"
        ? `c."id"`
        : columnsOf(collection).includes("subject_id")
          ? `c."subject_id"`
          : "null",
    );

  /** Fetches a page and does what is due with it, in the transaction that is under way. */
  const apply = async (lane: Lane, batch: DueBatch): Promise<Fates> => {
    const { collection, now } = batch;
    const found = await lane.values(pageText(collection), pageParameters(batch));
    const page = found.map(dueRow);
    const fates = new Map<DueFate, number>();
    const free: DueRow[] = [];
    let busy = 0;
    for (const [index, row] of page.entries()) {
      const reason = keptReason(collection, row);
      if (reason !== null) fates.set(reason, (fates.get(reason) ?? 0) + 1);
      else if (found[index]?.at(-1) === true) free.push(row);
      else busy += 1;
    }
    const add = (more: ReadonlyMap<DueFate, number>): void => {
      for (const [fate, count] of more) fates.set(fate, (fates.get(fate) ?? 0) + count);
    };
    const { due } = CATALOGUE[collection];
    let alongside = 0;
    if (free.length > 0 && due === "blank") add(await removeComments(lane, free, now));
    else if (free.length > 0 && due === "sever") {
      const severed = await sever(lane, idsOf(free), now);
      add(severed.fates);
      alongside = severed.alongside;
    } else if (free.length > 0) {
      await asking(lane).column(deleteText(collection), idsOf(free));
      fates.set("deleted", free.length);
    }
    return { fates, alongside, busy, page };
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

  const foreseeComment = ({ answered, subject_id }: DueRow): DueFate => {
    const empty = subject_id === NOBODY;
    return answered ? (empty ? "waits" : "blanked") : empty ? "cleared" : "deleted";
  };

  /** What would become of a page, as its records are found. */
  const foresee = async (ask: Ask, batch: DueBatch): Promise<Fates> => {
    const { collection } = batch;
    const page = (await ask(texts.page(collection, true), pageParameters(batch))).map(dueRow);
    const free = page.filter((row) => keptReason(collection, row) === null);
    const severed = CATALOGUE[collection].due === "sever" ? await foreseeSubjects(ask, idsOf(free)) : null;
    const fateOf = (row: DueRow): DueFate =>
      severed?.fateOf(row.id) ?? (CATALOGUE[collection].due === "blank" ? foreseeComment(row) : "deleted");
    const fates = new Map<DueFate, number>();
    for (const row of page) {
      const fate = keptReason(collection, row) ?? fateOf(row);
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
    }
    return { fates, alongside: severed?.alongside ?? 0, busy: 0, page };
  };

  return { apply, foresee };
};
