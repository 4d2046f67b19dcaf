import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Changes } from "../shared/changes.ts";
import type { SystemConfiguration } from "./system-configuration.ts";

const KEY = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/;

/** Keys under this prefix are feature flags: they are set as such, where their name and value are checked. */
export const FLAG_PREFIX = "flags.";

/** Lower-case words joined by `.`, `_` or `-`, at most 100 characters. Null when the text is no such key. */
export const parseConfigurationKey = (text: string): string | null =>
  text.length <= 100 && KEY.test(text) ? text : null;

export interface NewConfiguration {
  readonly key: string;
  /** Sealed already when `is_sensitive`. */
  readonly value: string;
  readonly description: string | null;
  readonly is_sensitive: boolean;
  readonly updated_by: string;
}

/** Sets a value; the entry tells which key and whether it is sensitive, never the value. */
export const setConfiguration = (
  current: SystemConfiguration | null,
  wanted: NewConfiguration,
  occasion: Occasion,
): { readonly record: SystemConfiguration; readonly changes: Changes } => {
  const { key, ...values } = wanted;
  const record: SystemConfiguration = {
    ...wanted,
    created_at: current?.created_at ?? occasion.now,
    updated_at: occasion.now,
    version: (current?.version ?? 0) + 1,
  };
  return {
    record,
    changes: {
      expects: [],
      writes: [
        current === null
          ? { op: "insert", into: "system_config", row: record }
          : {
              op: "update",
              in: "system_config",
              id: key,
              version: current.version,
              set: { ...values, updated_at: occasion.now },
            },
      ],
      audit: [
        auditEntry(
          "configuration.changed",
          null,
          { key, is_sensitive: wanted.is_sensitive, created: current === null },
          occasion,
        ),
      ],
    },
  };
};

export const deleteConfiguration = (current: SystemConfiguration, occasion: Occasion): Changes => ({
  expects: [],
  writes: [{ op: "delete", from: "system_config", id: current.key, version: current.version }],
  audit: [
    auditEntry(
      "configuration.deleted",
      null,
      { key: current.key, is_sensitive: current.is_sensitive },
      occasion,
    ),
  ],
});
