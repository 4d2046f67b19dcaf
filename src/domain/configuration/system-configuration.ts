import type { StoredRecord } from "../shared/gdpr-record.ts";

/** Limits of the specification's SystemConfiguration columns, in characters. */
export const CONFIGURATION_KEY_MAX = 100;
export const UPDATED_BY_MAX = 100;

/** A setting kept in the store (the specification's SystemConfiguration). */
export interface SystemConfiguration extends StoredRecord {
  readonly key: string;
  /** Encrypted when `is_sensitive`. */
  readonly value: string;
  readonly description: string | null;
  readonly is_sensitive: boolean;
  /** Pseudonym of the admin, or the name of the command that wrote it. */
  readonly updated_by: string;
}
