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
      kept: { type: "string" },
    }),
    items: { type: "array", items: recordSchema(collection) },
  });

const TEXT: Json = { type: "string" };
const TEXT_OR_NULL: Json = { type: ["string", "null"] };
const listOf = (items: Json): Json => ({ type: "array", items });

const PROCESSORS = listOf(closed({ name: TEXT, purpose: TEXT, country: TEXT, safeguard: TEXT_OR_NULL }));

/** Who is responsible, who else gets data and where, and where they came from. */
const DISCLOSED: Readonly<Record<string, Json>> = {
  controller: closed({
    name: TEXT,
    contact: TEXT,
    address: TEXT_OR_NULL,
    country: TEXT,
    dpo: TEXT_OR_NULL,
    data_location: TEXT,
  }),
  recipients: listOf(
    closed({ name: TEXT, events: listOf(TEXT), since: { type: "string", format: "date-time" } }),
  ),
  processors: PROCESSORS,
  transfers: PROCESSORS,
  sources: listOf(TEXT),
};

/** JSON Schema (2020-12) of `personal-data.json`: it follows the catalogue, as the data do. */
export const archiveSchema = (publicUrl: string): Json => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `${publicUrl}${ARCHIVE_SCHEMA_PATH}`,
  title: "Everything GoNoGo keeps of one person",
  ...(closed({
    $schema: { type: "string" },
    exported_at: { type: "string", format: "date-time" },
    ...DISCLOSED,
    subject: recordSchema("subjects"),
    records: closed(Object.fromEntries(SUBJECT_COLLECTIONS.map((each) => [each, collectionSchema(each)]))),
  }) as { readonly [key: string]: Json }),
});
