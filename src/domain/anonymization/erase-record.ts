import { CATALOGUE } from "../personal-data/catalogue.ts";
import type { FieldRule } from "../personal-data/field-rules.ts";
import { type Collection, keyField, type RecordOf } from "../personal-data/records.ts";
import type { Settable, Write } from "../shared/changes.ts";
import type { SubjectId } from "../shared/ids.ts";

/** What stands in a field that erasure has emptied. */
export const EMPTY: { readonly [C in Collection]?: Settable<C> } = {
  consents: { audit_entry_id: null, ip_hash: null, user_agent_hash: null },
  comments: { content: "", moderation_note: null, edit_token_hash: null, source_id: null },
  comment_reports: { reason: "", subject_id: null },
  privacy_requests: {
    statement: null,
    rectification: null,
    contact: null,
    extension_reason: null,
    answer: null,
    token_hash: null,
  },
  erasures: { work: null },
  webhook_deliveries: { message: null, subject_id: null },
};

/** Whose data goes, and the fresh random id under which what stays goes on: nobody can compute one from the other. */
export interface Severance {
  readonly subject: SubjectId;
  readonly anonymous: SubjectId;
}

const rulesOf = (collection: Collection): Readonly<Record<string, FieldRule>> => CATALOGUE[collection].fields;

const emptied = (collection: Collection, field: string): unknown =>
  (EMPTY[collection] as Readonly<Record<string, unknown>> | undefined)?.[field];

/**
 * What the catalogue says erasure does to the fields of a record: emptied, re-keyed or kept. Only what differs is named,
 * so that an anonymised record has nothing left to change: it never becomes personal again. No time is set: a time
 * would join what was anonymised together (Recital 26).
 */
export const erasedFields = <C extends Collection>(
  collection: C,
  row: RecordOf<C>,
  { subject, anonymous }: Severance,
): Settable<C> => {
  const fields = row as unknown as Readonly<Record<string, unknown>>;
  const set: Record<string, unknown> = {};
  for (const [field, { erasure }] of Object.entries(rulesOf(collection))) {
    if (field === keyField(collection)) continue;
    const value = fields[field];
    const becomes =
      erasure === "keep"
        ? value
        : erasure === "rekey"
          ? value === subject
            ? anonymous
            : value
          : emptied(collection, field);
    if (becomes !== value) set[field] = becomes;
  }
  if ("anonymized" in fields && fields["anonymized"] !== true) set["anonymized"] = true;
  return set as Settable<C>;
};

/** Name by which a record is found. */
export const keyOfRecord = <C extends Collection>(collection: C, row: RecordOf<C>): string =>
  (row as unknown as Readonly<Record<string, string>>)[keyField(collection)] ?? "";

/** What erasing the person does to one of her records as a whole; null when nothing is left to do. */
export const eraseRecord = <C extends Collection>(
  collection: C,
  row: RecordOf<C>,
  severance: Severance,
): Write | null => {
  const target = { id: keyOfRecord(collection, row), version: row.version };
  if (CATALOGUE[collection].erasure === "delete") {
    return { op: "delete", from: collection, ...target } as Write;
  }
  const set = erasedFields(collection, row, severance);
  return Object.keys(set).length === 0 ? null : ({ op: "update", in: collection, ...target, set } as Write);
};
