import type { Instant } from "./instant.ts";

/** What every stored record has, personal or not. */
export interface StoredRecord {
  readonly created_at: Instant;
  readonly updated_at: Instant;
  /** 1 when inserted, one more with every update: what optimistic concurrency and ETags rest on. */
  readonly version: number;
}

/** The base of every record that speaks of a person (the specification's GDPRBaseModel). */
export interface GdprRecord<Id extends string> extends StoredRecord {
  readonly id: Id;
  /** Whether the person consented to this record being kept; false by default. */
  readonly consent_given: boolean;
  /** When she did; null while `consent_given` is false. */
  readonly consent_timestamp: Instant | null;
  /** First moment at which retention may delete or anonymise it; null: no period of its own (goes with its subject). */
  readonly retention_until: Instant | null;
  /** True once nothing in it leads to a person any more; never goes back to false. */
  readonly anonymized: boolean;
}

/** The base fields of a new personal record, with the specification's defaults. */
export const newGdprRecord = <Id extends string>(
  id: Id,
  now: Instant,
  retentionUntil: Instant | null,
): GdprRecord<Id> => ({
  id,
  created_at: now,
  updated_at: now,
  version: 1,
  consent_given: false,
  consent_timestamp: null,
  retention_until: retentionUntil,
  anonymized: false,
});
