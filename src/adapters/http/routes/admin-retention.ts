import { t } from "elysia";
import type { RetentionRunView } from "../../../app/application.ts";
import { answering } from "../../../app/idempotency/begin-request.ts";
import { parseId, type RetentionRunId } from "../../../domain/shared/ids.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, keptAnswer, type Route, route } from "../route.ts";
import { integer, PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";
import {
  NewRetentionRun,
  Retention,
  RetentionRun,
  RetentionRunPage,
  retentionBody,
  retentionRunBody,
} from "../schemas/retention.ts";

const PATH = "/v1/admin/retention";
const RUNS = `${PATH}/runs`;

const WEEKS = 12;

const started = (run: RetentionRunView) =>
  json(retentionRunBody(run), { headers: { Location: `${RUNS}/${run.id}` } });

export const adminRetentionRoutes = ({ application }: Service): readonly Route[] => {
  const { retention } = application;
  return [
    route({
      method: "GET",
      path: PATH,
      operationId: "showRetention",
      tag: "administration",
      summary: "What is kept how long, and what falls due when",
      description:
        "Counts records by the week in which their period ends; whether a hold keeps them then is not known.",
      permission: ["system:administer"],
      query: t.Object({
        weeks: t.Optional(
          integer({ minimum: 1, maximum: 52, default: WEEKS, description: "How far the forecast looks" }),
        ),
      }),
      success: { status: 200, description: "Policies and forecast", schema: Retention },
      problems: [],
      handle: async ({ caller, query }) => {
        const shown = await retention.show(caller, { weeks: query.weeks ?? WEEKS });
        return shown.ok ? ok(json(retentionBody(shown.value))) : shown;
      },
    }),
    route({
      method: "GET",
      path: RUNS,
      operationId: "listRetentionRuns",
      tag: "administration",
      summary: "Retention runs with their signed reports, newest first",
      permission: ["system:administer"],
      query: t.Object(PAGE_QUERY),
      success: { status: 200, description: "A page of runs", schema: RetentionRunPage },
      problems: [],
      handle: async ({ caller, query }) => {
        const found = await retention.runs(caller, pageRequest(query));
        if (!found.ok) return found;
        const { items, next_cursor } = found.value;
        return ok(json({ items: items.map(retentionRunBody), next_cursor }));
      },
    }),
    route({
      method: "POST",
      path: RUNS,
      operationId: "startRetentionRun",
      tag: "administration",
      summary: "Start a retention run, or rehearse one",
      description:
        "Deletes or empties everything whose period is over, but what a legal hold or a restriction keeps. Goes on in the background.",
      permission: ["system:administer"],
      body: NewRetentionRun,
      success: {
        status: 202,
        description: "Started",
        schema: RetentionRun,
        headers: { Location: "The run" },
      },
      problems: ["retention-run-under-way", "conflict"],
      handle: async ({ caller, body }) => {
        const begun = await retention.start(
          answering(caller, (value: RetentionRunView) => keptAnswer(started(value))),
          body,
        );
        return begun.ok ? ok(started(begun.value)) : begun;
      },
    }),
    route({
      method: "GET",
      path: `${RUNS}/:id`,
      operationId: "readRetentionRun",
      reads: "retention_run",
      tag: "administration",
      summary: "A retention run with its signed report",
      permission: ["system:administer"],
      params: { id: uuid() },
      success: { status: 200, description: "The run", schema: RetentionRun },
      problems: ["not-found"],
      handle: async ({ caller, params: { id } }) => {
        const run = parseId<RetentionRunId>(id);
        if (run === null) return err({ type: "not-found" });
        const found = await retention.run(caller, run);
        return found.ok ? ok(json(retentionRunBody(found.value))) : found;
      },
    }),
  ];
};
