import type { Json } from "../../domain/shared/canonical-json.ts";
import type { GivenDisclosure } from "./archive-disclosure.ts";
import type { ExportedCollection } from "./exported-record.ts";

export type GivenRecord = Readonly<Record<string, Json>>;

/** So many records of a kind are on the page, the newest; all of them are in the data. */
export const SHOWN_MAX = 100;

/** What writing the data has shown, for the page that comes after them. */
export interface ArchiveFindings {
  /** How many records of each collection the data hold. */
  readonly counts: Map<ExportedCollection, number>;
  disclosure: GivenDisclosure | null;
  readonly identities: GivenRecord[];
  /** A few more than are shown, of each. */
  readonly consents: GivenRecord[];
  readonly privacy_requests: GivenRecord[];
  readonly comments: GivenRecord[];
}

export const noFindings = (): ArchiveFindings => ({
  counts: new Map(),
  disclosure: null,
  identities: [],
  consents: [],
  privacy_requests: [],
  comments: [],
});

/** The newest of them. */
export const newestOf = (records: readonly GivenRecord[]): readonly GivenRecord[] =>
  records
    .toSorted((one, other) => String(other["created_at"]).localeCompare(String(one["created_at"])))
    .slice(0, SHOWN_MAX);

export const found = (
  findings: ArchiveFindings,
  collection: ExportedCollection,
  record: GivenRecord,
): void => {
  findings.counts.set(collection, (findings.counts.get(collection) ?? 0) + 1);
  if (collection === "identities") findings.identities.push(record);
  if (collection === "comments" || collection === "consents" || collection === "privacy_requests") {
    const kept = findings[collection];
    kept.push(record);
    if (kept.length >= 2 * SHOWN_MAX) kept.splice(0, kept.length, ...newestOf(kept));
  }
};
