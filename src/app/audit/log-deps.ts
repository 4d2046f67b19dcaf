import type { Deps } from "../deps.ts";

/** What everything around the audit log stands on. */
export type LogDeps = Pick<Deps, "auditLog" | "auditSeals" | "logSigner" | "checkpointFile" | "clock"> & {
  readonly policies: Pick<Deps["policies"], "publicUrl">;
};
