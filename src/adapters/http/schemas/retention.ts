import { t } from "elysia";
import type { RetentionRunView, RetentionView } from "../../../app/application.ts";
import { KEPT_REASONS, RUN_COLLECTIONS } from "../../../domain/retention/due-records.ts";
import { integer, named, nullable, oneOf, page, record, time, uuid } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

const count = (description?: string) =>
  integer({ minimum: 0, ...(description === undefined ? {} : { description }) });

const RecordCounts = named(
  "RecordCounts",
  record(Object.fromEntries(RUN_COLLECTIONS.map((name) => [name, t.Optional(count())])), {
    description: "Records by collection",
  }),
);

const RetentionPolicy = named(
  "RetentionPolicy",
  record({
    collection: t.String(),
    purpose: t.String({ description: "Why it is kept (GDPR Art. 30(1)(b))" }),
    category: nullable(oneOf(["logs", "user_data", "comments", "audit_trail"])),
    days: nullable(integer({ minimum: 1 }), { description: "How long records of this category are kept" }),
    due: oneOf(["delete", "blank", "sever", "with-subject", "own-task", "never"], {
      description:
        "What becomes of a record whose period is over. `blank`: deleted, but one with replies stays as an empty " +
        "place-holder until they are gone. `sever`: the vault is emptied, the pseudonym goes when nothing speaks of " +
        "it. `with-subject`: goes when its subject is severed. `own-task`: ended by a task of its own.",
    }),
  }),
);

export const Retention = named(
  "Retention",
  record({
    policies: t.Array(RetentionPolicy),
    due_now: RecordCounts,
    forecast: t.Array(record({ from: time(), until: time(), records: RecordCounts })),
  }),
);

export const NewRetentionRun = named(
  "NewRetentionRun",
  record({ dry_run: t.Boolean({ description: "Counts what would go, and changes nothing" }) }),
);

const DueCounts = named(
  "DueCounts",
  record({
    deleted: count(),
    blanked: count("Stay with nothing personal in them: place-holders, pseudonyms whose vault is empty"),
    cleared: count("Place-holders that had nothing to keep a place for any more"),
    alongside: count("Records of other collections that went with them"),
    kept: record(Object.fromEntries(KEPT_REASONS.map((reason) => [reason, count()])), {
      description: "Due, and kept: by why",
    }),
  }),
);

const TrailPartCounts = named(
  "TrailPartCounts",
  record({ pruned: count(), held: count("Due, and kept by a legal hold") }),
);

export const RetentionRun = named(
  "RetentionRun",
  record({
    id: uuid(),
    dry_run: t.Boolean(),
    trigger: oneOf(["schedule", "admin", "cli"]),
    status: oneOf(["running", "finished"]),
    due: time("Records are due whose period was over at this moment"),
    started_at: time(),
    finished_at: nullable(time()),
    resumed: count("How often another runner went on with it"),
    collections: record(Object.fromEntries(RUN_COLLECTIONS.map((name) => [name, t.Optional(DueCounts)])), {
      description: "What became of records, by collection gone through",
    }),
    trail: nullable(record({ identities: TrailPartCounts, payloads: TrailPartCounts }), {
      description:
        "What was blanked in the audit trail: whom and what entries lead to a year after them, what happened at the " +
        "end of their time. Null: not counted, as in a rehearsal",
    }),
    report: nullable(t.String(), {
      description: "The signed report (compact JWS, keys at /.well-known/jwks.json); null while it runs",
    }),
  }),
);

export const RetentionRunPage = page("RetentionRunPage", RetentionRun);

export const retentionBody = ({ policies, due_now, forecast }: RetentionView) => ({
  policies,
  due_now,
  forecast: forecast.map(({ from, until, records }) => ({
    from: timeText(from),
    until: timeText(until),
    records,
  })),
});

export const retentionRunBody = ({ due, started_at, finished_at, ...run }: RetentionRunView) => ({
  ...run,
  due: timeText(due),
  started_at: timeText(started_at),
  finished_at: timeTextOrNull(finished_at),
});
