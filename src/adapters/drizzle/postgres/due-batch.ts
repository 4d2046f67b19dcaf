import { NOBODY, nobody } from "../../../domain/anonymization/nobody.ts";
import { CATALOGUE } from "../../../domain/personal-data/catalogue.ts";
import {
  BEFORE_ALL,
  type DuePosition,
  GO_WITH_SUBJECT,
  LOOK_AGAIN_DAYS,
  type PersonalCollection,
} from "../../../domain/retention/due-records.ts";
import type { DueFate } from "../../../domain/retention/due-tally.ts";
import { type Instant, plusDays } from "../../../domain/shared/instant.ts";
import type { DueBatch } from "../../../ports/retention-store.ts";
import type { Encoder, Scalar } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { postgresHint } from "../portable.ts";
import {
  createRetentionStatements,
  type DueRow,
  dueRow,
  keptReason,
  tablesOfSubjects,
} from "../retention-statements.ts";
import {
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
} from "./due-batch-texts.ts";
import type { Lane } from "./lane.ts";
import { arrayOf, type Statements } from "./statements.ts";

/** What became of a page's records; those somebody was changing are only counted. */
interface Fates {
  readonly fates: ReadonlyMap<DueFate, number>;
  readonly alongside: number;
  readonly busy: number;
  /** Where the next page begins. */
  readonly after: DuePosition | null;
}

/** An array as PostgreSQL writes it, to be handed back as it is: of places in the table, or of ids of subjects. */
interface Locked {
  readonly rows: string;
  readonly count: number;
}

/** Ids are of letters, digits and hyphens, so nothing in the array is quoted. */
const idsIn = ({ rows }: Locked): readonly string[] => rows.slice(1, -1).split(",");

/** Places hold a comma and are quoted, ids are not. */
const lockedOf = (rows: unknown): Locked => {
  if (typeof rows !== "string") return { rows: "{}", count: 0 };
  return { rows, count: rows.includes('"') ? (rows.split('"').length - 1) / 2 : rows.split(",").length };
};

interface Answered {
  readonly id: string;
  readonly retention_until: number;
  /** A place-holder already. */
  readonly empty: boolean;
}

/** Asks one statement and answers the first column of each row. */
type Column = (text: string, ...parameters: readonly (readonly Scalar[] | Scalar)[]) => Promise<unknown[]>;

type Ask = (text: string, parameters: readonly string[]) => Promise<readonly unknown[][]>;

const pageParameters = ({ due, after, limit }: DueBatch): readonly string[] => {
  const { retention_until, id } = after ?? BEFORE_ALL;
  return [String(due), String(retention_until), id, String(limit)];
};

const idsOf = (rows: readonly DueRow[]): readonly string[] => rows.map(({ id }) => id);

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

  const keepPlaces = async (lane: Lane, answered: readonly Answered[], now: Instant): Promise<void> => {
    const { rows: ask } = asking(lane);
    const ids = answered.map(({ id }) => id);
    const latest = new Map(
      (await ask(LATEST_REPLIES, ids)).map(([parent, until]) => [String(parent), Number(until ?? 0)]),
    );
    const untilOf = ({ id, retention_until }: Answered): number =>
      Math.max(retention_until, (latest.get(id) ?? 0) + 1);
    const moved = answered.filter((row) => !row.empty || untilOf(row) > row.retention_until);
    if (moved.length === 0) return;
    await insertNobody(lane, now);
    await ask(
      BLANK,
      moved.map(({ id }) => id),
      moved.map(untilOf),
      now,
    );
  };

  const removeComments = async (lane: Lane, { rows, count }: Locked, now: Instant) => {
    const [counted] = await lane.values(DELETE_LEAVES, [rows]);
    const [gone = 0, cleared = 0] = (counted ?? []).map(Number);
    const answered = (count === gone ? [] : await lane.values(LEFT, [rows])).map(
      ([id, until, subject]): Answered => ({
        id: String(id),
        retention_until: Number(until),
        empty: subject === NOBODY,
      }),
    );
    if (answered.length > 0) await keepPlaces(lane, answered, now);
    const waits = answered.filter(({ empty }) => empty).length;
    return new Map<DueFate, number>([
      ["deleted", gone - cleared],
      ["cleared", cleared],
      ["blanked", answered.length - waits],
      ["waits", waits],
    ]);
  };

  const sever = async (lane: Lane, ids: readonly string[], now: Instant) => {
    const { column } = asking(lane);
    const emptied: unknown[] = [];
    for (const text of VAULT) emptied.push(...(await column(text, ids)));
    const spoken = new Set(await column(SPEAKS_OF, ids));
    const gone = ids.filter((id) => !spoken.has(id));
    const left = ids.filter((id) => spoken.has(id));
    if (gone.length > 0) await column(DELETE_SUBJECTS, gone);
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

  const texts = createRetentionStatements(columnsOf, postgresHint);
  const pageText = (collection: PersonalCollection): string =>
    lockedPage(collection, texts.page(collection, false, ["t.ctid", "row"]));

  /** Looks through a page and does what is due with it, in the transaction that is under way. */
  const apply = async (lane: Lane, batch: DueBatch): Promise<Fates> => {
    const { collection, now, limit } = batch;
    const [row = []] = await lane.values(pageText(collection), pageParameters(batch));
    const [looked = 0, held = 0, restricted = 0, in_office = 0] = row.slice(0, 4).map(Number);
    const [until, id = ""] = String(row[4] ?? "").split(" ");
    const locked = lockedOf(row[5]);
    const fates = new Map<DueFate, number>([
      ["held", held],
      ["restricted", restricted],
      ["in_office", in_office],
    ]);
    const outcome = {
      busy: looked - held - restricted - in_office - locked.count,
      after: looked < limit ? null : { retention_until: Number(until) as Instant, id },
    };
    if (locked.count === 0) return { fates, alongside: 0, ...outcome };
    const { due } = CATALOGUE[collection];
    if (due === "sever") {
      const severed = await sever(lane, idsIn(locked), now);
      return { fates: new Map([...fates, ...severed.fates]), alongside: severed.alongside, ...outcome };
    }
    if (due === "blank")
      return {
        fates: new Map([...fates, ...(await removeComments(lane, locked, now))]),
        alongside: 0,
        ...outcome,
      };
    await lane.values(deleteLocked(collection), [locked.rows]);
    return { fates: fates.set("deleted", locked.count), alongside: 0, ...outcome };
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
    const last = page.at(-1);
    const after =
      last === undefined || page.length < batch.limit
        ? null
        : { retention_until: last.retention_until as Instant, id: last.id };
    return { fates, alongside: severed?.alongside ?? 0, busy: 0, after };
  };

  return { apply, foresee };
};
