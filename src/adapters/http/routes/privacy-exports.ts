import type { Application } from "../../../app/application.ts";
import { ARCHIVE_SCHEMA_PATH, archiveSchema } from "../../../app/privacy-requests/archive-schema.ts";
import { type PrivacyRequestId, parseId } from "../../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import type { Refusal } from "../refusals.ts";
import { type Answer, json, type Route, route } from "../route.ts";
import { JsonSchema, uuid } from "../schemas/kinds.ts";
import { zipStream } from "../zip.ts";

const success = {
  status: 200,
  description: "A ZIP file",
  schema: null,
  contentType: "application/zip",
  headers: { "Content-Disposition": "A name for the file" },
} as const;

/** What a person gets of her data, and how it is written. */
export const privacyExportRoutes = ({ application, logger, settings }: Service): readonly Route[] => {
  const zipped = async (
    id: string,
    operation: string,
    archiveOf: (id: PrivacyRequestId) => ReturnType<Application["privacyRequests"]["exportArchive"]>,
  ): Promise<Result<Answer, Refusal>> => {
    const request = parseId<PrivacyRequestId>(id);
    if (request === null) return err({ type: "not-found" });
    const archive = await archiveOf(request);
    if (!archive.ok) return archive;
    const value = zipStream(archive.value, (failure) =>
      logger.error("export_broke_off", {
        operation,
        exception_type: failure instanceof Error ? failure.name : typeof failure,
      }),
    );
    return ok({
      content: { type: "application/zip", value },
      headers: { "Content-Disposition": 'attachment; filename="personal-data.zip"' },
    });
  };
  return [
    route({
      method: "GET",
      path: "/v1/privacy-requests/:id/export",
      operationId: "exportPersonalData",
      tag: "privacy requests",
      summary: "Everything that is kept of a person, for herself",
      description: `The archive of an access or portability request: \`personal-data.json\` (it keeps the schema served at \`${ARCHIVE_SCHEMA_PATH}\`), the schema itself, and a page to read. What others wrote, and what would tell of them, is left out. It is streamed while it is read; a connection that breaks off has not given all of it. Reading it answers the request; it may be read again. Who could prove more than a cookie, a receipt or an edit token signs in for it.`,
      permission: ["rights-holder"],
      params: { id: uuid() },
      budget: "exports",
      success,
      problems: ["not-found", "stronger-proof-required", "request-state-conflict", "conflict"],
      handle: ({ caller, params: { id } }) =>
        zipped(id, "exportPersonalData", (request) =>
          application.privacyRequests.exportArchive(caller, request),
        ),
    }),
    route({
      method: "GET",
      path: "/v1/admin/privacy-requests/:id/export",
      operationId: "handOverPersonalData",
      reads: "privacy_request",
      tag: "privacy requests",
      summary: "The archive of an identified person, to be handed to her",
      description:
        "For whoever asked by letter and cannot sign in. Only once it is known whose request it is. That it was read is told to the audit trail; the request is answered with a decision, once the archive is on its way.",
      permission: ["system:administer"],
      params: { id: uuid() },
      budget: "exports",
      success,
      problems: ["not-found", "request-state-conflict"],
      handle: ({ caller, params: { id } }) =>
        zipped(id, "handOverPersonalData", (request) =>
          application.privacyRequests.handOver(caller, request),
        ),
    }),
    route({
      method: "GET",
      path: ARCHIVE_SCHEMA_PATH,
      operationId: "readPersonalDataSchema",
      tag: "privacy requests",
      summary: "How an export is written",
      description: "JSON Schema (2020-12) of `personal-data.json` in the archive of an export.",
      permission: ["none"],
      cacheControl: "public, max-age=3600",
      success: { status: 200, description: "The schema", schema: JsonSchema },
      problems: [],
      handle: async () => ok(json(archiveSchema(settings.publicUrl))),
    }),
  ];
};
