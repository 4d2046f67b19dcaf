import type { SystemConfiguration } from "../domain/configuration/system-configuration.ts";

/** System configuration as stored: sensitive values are still sealed. Rejects with StorageFailure only. */
export interface ConfigurationReader {
  byKey(key: string): Promise<SystemConfiguration | null>;
  /** By key in ASCII order, after `after`, at most `limit`. */
  list(after: string | null, limit: number): Promise<readonly SystemConfiguration[]>;
}
