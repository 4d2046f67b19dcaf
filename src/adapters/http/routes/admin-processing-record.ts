import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { page } from "../pages/html.ts";
import style from "../pages/page.css" with { type: "text" };
import { processingRecordPage } from "../pages/processing-record.ts";
import { json, type Route, route } from "../route.ts";
import { ProcessingRecord, processingRecordBody } from "../schemas/processing-record.ts";

export const adminProcessingRecordRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/v1/admin/processing-record",
    operationId: "readProcessingRecord",
    tag: "administration",
    summary: "The record of processing activities (GDPR Art. 30)",
    description:
      "Generated from the catalogue of stored fields, the settings in force, the recipients and the last signed reports. A page for whoever asks for `text/html`.",
    permission: ["system:administer"],
    success: { status: 200, description: "The record", schema: ProcessingRecord, alsoHtml: true },
    problems: [],
    handle: async ({ caller, prefersHtml }) => {
      const found = await application.processingRecord(caller);
      if (!found.ok) return found;
      return ok(
        prefersHtml
          ? page({ title: "Record of processing activities", main: processingRecordPage(found.value), style })
          : json(processingRecordBody(found.value)),
      );
    },
  }),
];
