import {
  deleteConfiguration,
  FLAG_PREFIX,
  parseConfigurationKey,
  setConfiguration,
} from "../../domain/configuration/change-configuration.ts";
import { FEATURE_FLAGS } from "../../domain/configuration/feature-flags.ts";
import type { SystemConfiguration } from "../../domain/configuration/system-configuration.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import { storableText } from "../../domain/shared/text.ts";
import type { Application, ConfigurationView } from "../application.ts";
import { type Caller, requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { pageOf } from "../paging.ts";

/** A sensitive value is never shown again, to nobody. */
const viewOf = (record: SystemConfiguration): ConfigurationView => ({
  ...record,
  value: record.is_sensitive ? null : record.value,
});

/** Who wrote it, as the record may name them: a pseudonym. */
export const writerOf = ({ principal }: Caller): string =>
  principal.kind === "session" ? principal.subject.id : principal.kind;

const keyOf = (text: string): Result<string, AppError> => {
  const key = parseConfigurationKey(text);
  if (key === null || key.startsWith(FLAG_PREFIX)) {
    return err({ type: "invalid-input", errors: [{ pointer: "/key", reason: "not-a-configuration-key" }] });
  }
  return ok(key);
};

export const readConfiguration =
  ({ readers }: Deps): Application["configuration"]["read"] =>
  async (caller, text) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const key = keyOf(text);
    if (!key.ok) return key;
    const record = await readers.configuration.byKey(key.value);
    return record === null ? err({ type: "not-found" }) : ok(viewOf(record));
  };

export const listConfiguration =
  ({ readers }: Deps): Application["configuration"]["list"] =>
  async (caller, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    // Flags are kept beside, and are listed as flags: there are so few that reading past them costs nothing.
    const flags = Object.keys(FEATURE_FLAGS).length;
    const found = await readers.configuration.list(cursor, limit + 1 + flags);
    const rows = found.filter(({ key }) => !key.startsWith(FLAG_PREFIX));
    return ok(pageOf(rows, limit, (last) => last.key, viewOf));
  };

/** Creates with `version: null`, else changes just that version. */
export const writeConfiguration =
  (deps: Deps): Application["configuration"]["write"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const key = keyOf(input.key);
    if (!key.ok) return key;
    for (const [pointer, text] of [
      ["/value", input.value],
      ["/description", input.description ?? ""],
    ] as const) {
      const reason = storableText(text);
      if (reason !== null) return err({ type: "invalid-input", errors: [{ pointer, reason }] });
    }
    return decideAndCommit(deps, caller, async () => {
      const current = await deps.readers.configuration.byKey(key.value);
      if (input.version !== null && current?.version !== input.version)
        return err({ type: "version-mismatch" });
      if (input.version === null && current !== null) return err({ type: "precondition-required" });
      const { record, changes } = setConfiguration(
        current,
        {
          key: key.value,
          value: input.is_sensitive
            ? deps.sealer.seal(input.value, SEAL_CONTEXTS.system_config.value({ key: key.value }))
            : input.value,
          description: input.description,
          is_sensitive: input.is_sensitive,
          updated_by: writerOf(caller),
        },
        await occasionOf(deps, caller),
      );
      return ok({ changes, value: viewOf(record) });
    });
  };

export const removeConfiguration =
  (deps: Deps): Application["configuration"]["remove"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const key = keyOf(input.key);
    if (!key.ok) return key;
    return decideAndCommit(deps, caller, async () => {
      const current = await deps.readers.configuration.byKey(key.value);
      if (current === null) return err({ type: "not-found" });
      if (input.version !== null && current.version !== input.version)
        return err({ type: "version-mismatch" });
      return ok({ changes: deleteConfiguration(current, await occasionOf(deps, caller)), value: null });
    });
  };
