import type { Json } from "../shared/canonical-json.ts";
import { type ConsentId, parseId, type SubjectId } from "../shared/ids.ts";

/** Whose receipt it is, and of which decision. */
export interface ReceiptHolder {
  readonly subject: SubjectId;
  readonly consent: ConsentId;
}

/** The pseudonym as a receipt writes it (RFC 9562 as a URN): it names nobody to whom the store does not name her. */
export const subjectIri = (subject: SubjectId): string => `urn:uuid:${subject}`;

const field = (value: Json | undefined, name: string): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)[name]
    : undefined;

const idOf = <Id extends SubjectId | ConsentId>(value: Json | undefined): Id | null =>
  typeof value === "string" ? parseId<Id>(value) : null;

/** Reads the holder from the payload of a receipt whose signature was checked; null when it is no receipt of ours. */
export const receiptHolder = (payload: Json): ReceiptHolder | null => {
  const records = field(payload, "dpv:hasRecordOfActivity");
  const record: Json | undefined = Array.isArray(records) ? records[0] : undefined;
  const consent = idOf<ConsentId>(field(record, "dct:identifier"));
  const iri = field(field(record, "dpv:hasDataSubject"), "@id");
  const subject =
    typeof iri === "string" && iri.startsWith("urn:uuid:") ? idOf<SubjectId>(iri.slice(9)) : null;
  return subject === null || consent === null ? null : { subject, consent };
};
