import { type Checkpoint, originOf, parseCheckpoint } from "../../domain/audit/checkpoint.ts";
import { rootOfTree, type Tree } from "../../domain/audit/grow-tree.ts";
import { sameHash } from "../../domain/audit/merkle-tree.ts";
import { openNote } from "../../domain/audit/signed-note.ts";
import type { StoredCheckpoint } from "../../ports/audit-log-store.ts";
import { AuditLogBroken } from "./audit-log-broken.ts";
import type { LogDeps } from "./log-deps.ts";
import { rangeHashes } from "./stored-tree.ts";

/** Name of the log. */
export const logOrigin = ({ policies }: Pick<LogDeps, "policies">): string => originOf(policies.publicUrl);

/** What a note says, when one of our keys has signed it, under whatever address the service had then; null otherwise. */
export const openCheckpoint = async (
  { logSigner, auditSeals }: Pick<LogDeps, "logSigner" | "auditSeals">,
  note: string,
): Promise<Checkpoint | null> => {
  const [origin = ""] = note.split("\n");
  const keys = await logSigner.keys(origin);
  const text = openNote(auditSeals.sha256, logSigner.verify, note, keys);
  return text === null ? null : parseCheckpoint(text);
};

/** Rejects with AuditLogBroken unless the tree is the one that was signed last. */
export const requireSigned = async (deps: LogDeps, stored: StoredCheckpoint, tree: Tree): Promise<void> => {
  const signed = await openCheckpoint(deps, stored.note);
  if (signed === null) throw new AuditLogBroken("the newest checkpoint is not signed by this log");
  if (signed.size !== stored.size || signed.root.toBase64() !== stored.root) {
    throw new AuditLogBroken("the newest checkpoint does not say what is stored beside it");
  }
  if (!sameHash(signed.root, rootOfTree(deps.auditSeals.sha256, tree))) {
    throw new AuditLogBroken("the tree does not have the root that was signed");
  }
};

/** Rejects with AuditLogBroken unless the log of this size goes on from the checkpoint outside the database. */
export const requireOutside = async (deps: LogDeps, note: string, size: number): Promise<void> => {
  const outside = await openCheckpoint(deps, note);
  if (outside === null) {
    throw new AuditLogBroken("the checkpoint outside the database is not signed by this log");
  }
  if (outside.size > size) {
    throw new AuditLogBroken("the log is shorter than the checkpoint outside the database");
  }
  if (outside.size === 0) return;
  const [root] = await rangeHashes(deps.auditLog, deps.auditSeals.sha256, [{ start: 0, end: outside.size }]);
  if (root === undefined || !sameHash(root, outside.root)) {
    throw new AuditLogBroken("the log is another one than the checkpoint outside the database says");
  }
};
