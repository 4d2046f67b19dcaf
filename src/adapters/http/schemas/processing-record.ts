import { t } from "elysia";
import type { ProcessingRecord as View } from "../../../domain/processing-record/processing-record.ts";
import { WEBHOOK_EVENTS } from "../../../domain/recipients/webhook.ts";
import { integer, named, nullable, oneOf, record, time } from "./kinds.ts";
import { timeText } from "./times.ts";

const Processor = named(
  "Processor",
  record({
    name: t.String(),
    purpose: t.String(),
    country: t.String({ description: "ISO 3166-1, or EU" }),
    safeguard: nullable(t.String({ description: "What makes a transfer lawful (GDPR Art. 46)" })),
  }),
);

const days = (description: string) => integer({ minimum: 0, description });

/** The letters are those of GDPR Art. 30(1). */
export const ProcessingRecord = named(
  "ProcessingRecord",
  record({
    generated_at: time(),
    controller: record(
      {
        name: t.String(),
        contact: t.String(),
        address: nullable(t.String()),
        country: t.String(),
        dpo: nullable(t.String()),
        data_location: t.String(),
      },
      { description: "(a) who is responsible, and the data protection officer" },
    ),
    persons: t.Array(t.String(), { description: "(c) whose data" }),
    activities: t.Array(
      record({
        collection: t.String(),
        purpose: t.String({ description: "(b) what for" }),
        data: t.Array(
          record({
            field: t.String(),
            class: oneOf(["identifying", "pseudonymous", "about"]),
          }),
          { description: "(c) which data" },
        ),
        category: nullable(t.String()),
        kept_days: nullable(days("(f) null: as long as what it belongs to")),
        kept: t.String({ description: "(f) the same in words, with what the days count from" }),
        when_over: t.String({ description: "(f) what becomes of it then" }),
      }),
    ),
    recipients: t.Array(record({ name: t.String(), events: t.Array(oneOf(WEBHOOK_EVENTS)), since: time() }), {
      description: "(d) who is told data, and what becomes of them",
    }),
    processors: t.Array(Processor, { description: "(d) who processes for the controller" }),
    transfers: t.Array(Processor, { description: "(e) of these, the ones outside the EEA" }),
    erasure_days: record(
      {
        logs: days("Log files, and what has no limit of its own"),
        user_data: days("What is known of a person"),
        comments: days("Comments"),
        audit_trail: days("Audit trail"),
        after_a_request: days("From a request for erasure to the erasure, at most"),
      },
      { description: "(f) time limits" },
    ),
    measures: t.Array(t.String(), { description: "(g) how data are protected (Art. 32)" }),
    last_runs: t.Array(
      record({ kind: t.String(), report: t.String({ description: "Id of the signed report" }), at: time() }),
    ),
  }),
);

export const processingRecordBody = (view: View) => ({
  generated_at: timeText(view.generated_at),
  controller: {
    name: view.controller.name,
    contact: view.controller.contact,
    address: view.controller.address,
    country: view.controller.country,
    dpo: view.controller.dpo,
    data_location: view.controller.dataLocation,
  },
  persons: view.persons,
  activities: view.activities,
  recipients: view.recipients.map((each) => ({ ...each, since: timeText(each.since) })),
  processors: view.processors,
  transfers: view.transfers,
  erasure_days: view.erasure_days,
  measures: view.measures,
  last_runs: view.last_runs.map((each) => ({ ...each, at: timeText(each.at) })),
});
