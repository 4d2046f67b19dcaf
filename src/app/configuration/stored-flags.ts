import { FLAG_PREFIX } from "../../domain/configuration/change-configuration.ts";
import {
  FEATURE_FLAGS,
  type FeatureFlag,
  type FeatureFlags,
  resolveFlags,
} from "../../domain/configuration/feature-flags.ts";
import type { ConfigurationReader } from "../../ports/configuration-reader.ts";

/** The flags in force in this process: defaults < environment < stored. */
export interface FlagSource {
  current(): FeatureFlags;
  /** Reads what is stored. Rejects with StorageFailure and keeps what was known. */
  refresh(): Promise<void>;
}

const NAMES = Object.keys(FEATURE_FLAGS) as FeatureFlag[];

/** Reads are of memory, so that no request waits for flags; other instances see a change at their next refresh. */
export const flagSource = (configuration: ConfigurationReader, environment: FeatureFlags): FlagSource => {
  let flags = resolveFlags(environment);
  return {
    current: () => flags,
    refresh: async () => {
      const stored = await Promise.all(NAMES.map((name) => configuration.byKey(`${FLAG_PREFIX}${name}`)));
      const layer = Object.fromEntries(
        stored.flatMap((record, at) => (record === null ? [] : [[NAMES[at], record.value === "true"]])),
      ) as Partial<FeatureFlags>;
      flags = resolveFlags(environment, layer);
    },
  };
};
