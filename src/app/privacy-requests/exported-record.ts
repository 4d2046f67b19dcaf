import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import type { FieldRule } from "../../domain/personal-data/field-rules.ts";
import type { Collection, Records } from "../../domain/personal-data/records.ts";
import {
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../domain/personal-data/sealed-fields.ts";
import type { Json } from "../../domain/shared/canonical-json.ts";
import type { Sealed } from "../../domain/shared/ids.ts";

/** Collections whose records say whose they are. */
export type SubjectCollection = {
  [C in Collection]: "subject_id" extends keyof Records[C] ? C : never;
}[Collection];

/** Everything of a person: what speaks of her by its own id, and what carries hers. */
export type ExportedCollection = SubjectCollection | "subjects";

/** How a field is written for the person. */
export type ExportedKind = "time" | "json" | "value";

/** Texts that are JSON themselves: written as what they hold. */
const JSON_FIELDS: { readonly [C in ExportedCollection]?: readonly (keyof Records[C])[] } = {
  consents: ["consent_types", "purpose_states"],
  sessions: ["permissions"],
  outgoing_mails: ["message"],
  privacy_requests: ["rectification"],
};

/** What is named for how it is stored is given by what it holds. */
const GIVEN_AS: { readonly [C in ExportedCollection]?: { readonly [F in keyof Records[C]]?: string } } = {
  identities: { ciphertext: "value" },
  outgoing_mails: { message: "mail" },
};

const rulesOf = (collection: ExportedCollection): readonly (readonly [string, FieldRule])[] =>
  Object.entries(CATALOGUE[collection].fields);

/** What a person is given of her records in a collection, by the catalogue: the field and how it is written. */
export const exportedFields = (
  collection: ExportedCollection,
): readonly { readonly field: string; readonly name: string; readonly kind: ExportedKind }[] => {
  const names: Readonly<Record<string, string>> = GIVEN_AS[collection] ?? {};
  const json: readonly string[] = JSON_FIELDS[collection] ?? [];
  return rulesOf(collection)
    .filter(([, rule]) => rule.export !== "omit")
    .map(([field, rule]) => ({
      field,
      name: names[field] ?? field,
      kind: rule.mask === "shifted-time" ? "time" : json.includes(field) ? "json" : "value",
    }));
};

/**
 * Where a mail goes and what it is about. Its text holds links that still work, and one that tells of somebody's reply that
 * person's name and words, which are not hers (GDPR Art. 15(4)).
 */
const mailAsGiven = ({ kind }: Records["outgoing_mails"], message: string): Json => {
  const { to, subject } = JSON.parse(message) as { readonly to: string; readonly subject: string };
  return { to, subject: kind === "reply" ? null : subject };
};

const isSealedCollection = (
  collection: ExportedCollection,
): collection is SealedRecord["collection"] & ExportedCollection =>
  (SEALED_COLLECTIONS as readonly string[]).includes(collection);

const NO_CONTEXTS: ReadonlyMap<string, string> = new Map();

/** By field, what a sealed value of the record is bound to. */
const contextsOf = (record: SealedRecord): ReadonlyMap<string, string> =>
  new Map(sealedValues(record).map(({ field, context }) => [field, context]));

/**
 * Writes a person's records as she may read them (GDPR Art. 15(3), 20(1)): times as RFC 3339, what is encrypted in the
 * clear, and nothing that is only of use to the service or is somebody else's. `open` decrypts a value of such a record.
 */
export const recordWriter = <C extends ExportedCollection>(
  collection: C,
  open: (sealed: Sealed, context: string) => string,
): ((row: Records[C]) => Readonly<Record<string, Json>>) => {
  const given = exportedFields(collection);
  const sealed = isSealedCollection(collection);
  return (row) => {
    const fields = row as unknown as Readonly<Record<string, string | number | boolean | null>>;
    const contexts = sealed ? contextsOf({ collection, row } as unknown as SealedRecord) : NO_CONTEXTS;
    const written = (field: string, kind: ExportedKind): Json => {
      const stored = fields[field] ?? null;
      const context = contexts.get(field);
      const value = context === undefined ? stored : open(stored as Sealed, context);
      if (collection === "outgoing_mails" && field === "message" && typeof value === "string") {
        return mailAsGiven(row as unknown as Records["outgoing_mails"], value);
      }
      if (kind === "time" && typeof value === "number") return new Date(value).toISOString();
      if (kind === "json" && typeof value === "string") return JSON.parse(value) as Json;
      return value;
    };
    const record: Record<string, Json> = {};
    for (const { field, name, kind } of given) record[name] = written(field, kind);
    return record;
  };
};
