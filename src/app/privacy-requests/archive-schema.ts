import type { Json } from "../../domain/shared/canonical-json.ts";
import { type ExportedCollection, type ExportedKind, exportedFields } from "./exported-record.ts";
import { SUBJECT_COLLECTIONS } from "./personal-records.ts";

/** Where it is served. */
export const ARCHIVE_SCHEMA_PATH = "/schemas/personal-data.json";

const KINDS: Readonly<Record<ExportedKind, Json>> = {
  time: { type: ["string", "null"], format: "date-time" },
  json: { type: ["array", "object", "null"] },
  value: { type: ["string", "number", "boolean", "null"] },
};

const closed = (properties: Readonly<Record<string, Json>>): Json => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const recordSchema = (collection: ExportedCollection): Json =>
  closed(Object.fromEntries(exportedFields(collection).map(({ name, kind }) => [name, KINDS[kind]])));

const collectionSchema = (collection: ExportedCollection): Json =>
  closed({
    processing: closed({
      purpose: { type: "string" },
      category: { type: ["string", "null"] },
      kept_days: { type: ["integer", "null"] },
    }),
    items: { type: "array", items: recordSchema(collection) },
  });

/** JSON Schema (2020-12) of `personal-data.json`: it follows the catalogue, as the data do. */
export const archiveSchema = (publicUrl: string): Json => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `${publicUrl}${ARCHIVE_SCHEMA_PATH}`,
  title: "Everything GoNoGo keeps of one person",
  ...(closed({
    $schema: { type: "string" },
    exported_at: { type: "string", format: "date-time" },
    subject: recordSchema("subjects"),
    records: closed(Object.fromEntries(SUBJECT_COLLECTIONS.map((each) => [each, collectionSchema(each)]))),
  }) as { readonly [key: string]: Json }),
});
