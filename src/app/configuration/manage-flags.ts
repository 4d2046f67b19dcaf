import { FLAG_PREFIX, setConfiguration } from "../../domain/configuration/change-configuration.ts";
import { FEATURE_FLAGS, type FeatureFlag } from "../../domain/configuration/feature-flags.ts";
import type { SystemConfiguration } from "../../domain/configuration/system-configuration.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application, FlagView } from "../application.ts";
import { requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { writerOf } from "./manage-configuration.ts";

const NAMES = Object.keys(FEATURE_FLAGS) as FeatureFlag[];

const flagOf = (text: string): FeatureFlag | null => NAMES.find((name) => name === text) ?? null;

const keyOf = (flag: FeatureFlag): string => `${FLAG_PREFIX}${flag}`;

const viewOf = (
  deps: Pick<Deps, "environmentFlags">,
  flag: FeatureFlag,
  stored: SystemConfiguration | null,
): FlagView =>
  stored !== null
    ? { key: flag, enabled: stored.value === "true", source: "stored", version: stored.version }
    : {
        key: flag,
        enabled: deps.environmentFlags[flag],
        source: deps.environmentFlags[flag] === FEATURE_FLAGS[flag] ? "default" : "environment",
        version: null,
      };

export const listFlags =
  (deps: Deps): Application["flags"]["list"] =>
  async (caller) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const stored = await Promise.all(NAMES.map((name) => deps.readers.configuration.byKey(keyOf(name))));
    return ok(NAMES.map((name, at) => viewOf(deps, name, stored[at] ?? null)));
  };

export const readFlag =
  (deps: Deps): Application["flags"]["read"] =>
  async (caller, text) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const flag = flagOf(text);
    if (flag === null) return err({ type: "not-found" });
    return ok(viewOf(deps, flag, await deps.readers.configuration.byKey(keyOf(flag))));
  };

/** Stores a flag over its default and the environment. This instance has it in force when the answer comes. */
export const writeFlag =
  (deps: Deps): Application["flags"]["write"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const flag = flagOf(input.key);
    if (flag === null) return err({ type: "not-found" });
    const written = await decideAndCommit(deps, caller, async () => {
      const current = await deps.readers.configuration.byKey(keyOf(flag));
      if (input.version !== null && current?.version !== input.version)
        return err({ type: "version-mismatch" });
      if (input.version === null && current !== null) return err({ type: "precondition-required" });
      const { record, changes } = setConfiguration(
        current,
        {
          key: keyOf(flag),
          value: String(input.enabled),
          description: null,
          is_sensitive: false,
          updated_by: writerOf(caller),
        },
        await occasionOf(deps, caller),
      );
      return ok({ changes, value: viewOf(deps, flag, record) });
    });
    if (written.ok) await deps.refreshFlags();
    return written;
  };

/** The flags as they are in force here, for a signed-in person or another program. */
export const evaluateFlags =
  (deps: Deps): Application["flags"]["evaluate"] =>
  async (caller) => {
    const { kind } = caller.principal;
    return kind === "session" || kind === "service" ? ok(deps.flags()) : err({ type: "credential-required" });
  };
