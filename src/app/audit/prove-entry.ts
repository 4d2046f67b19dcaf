import { parseCheckpoint } from "../../domain/audit/checkpoint.ts";
import { commitmentsOf, leafData, leafOf, openPayload } from "../../domain/audit/log-leaf.ts";
import { verifiesInclusion } from "../../domain/audit/merkle-proof.ts";
import { inclusionRanges } from "../../domain/audit/merkle-tree.ts";
import { parseNote } from "../../domain/audit/signed-note.ts";
import { TILE_WIDTH } from "../../domain/audit/tiles.ts";
import { tlogProof } from "../../domain/audit/tlog-proof.ts";
import type { AuditEntryId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application, AuditProof } from "../application.ts";
import { requirePermission } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { AuditLogBroken } from "./audit-log-broken.ts";
import { verifierKeys } from "./publish-log.ts";
import { rangeHashes } from "./stored-tree.ts";

/**
 * Proves that an entry is in the log, in a form that needs neither us nor a connection to be checked. Null while it is not
 * in the tree yet. Rejects with AuditLogBroken when what is stored does not prove it: a proof that does not hold is none.
 */
export const entryProof = async (deps: Deps, id: AuditEntryId): Promise<AuditProof | null> => {
  const { auditLog, auditSeals, readers } = deps;
  const entry = await readers.audit.byId(id);
  const position = await auditLog.positionOf(id);
  const newest = await auditLog.newest();
  if (entry === null || position === null || newest === null || position > newest.last_position) {
    return null;
  }
  const tile = await auditLog.tileOver(position);
  const checkpoint = parseCheckpoint(parseNote(newest.note)?.text ?? "");
  if (tile === null || checkpoint === null) {
    throw new AuditLogBroken("the newest checkpoint does not say what is stored beside it");
  }
  const index = tile.index * TILE_WIDTH + (await auditLog.count(tile.first_position, position));
  const path = await rangeHashes(auditLog, auditSeals.sha256, inclusionRanges(index, newest.size));
  const leaf = leafOf(auditSeals.sha256, entry);
  const proves = verifiesInclusion(auditSeals.sha256, {
    leaf,
    index,
    size: newest.size,
    path,
    root: checkpoint.root,
  });
  if (!proves) throw new AuditLogBroken("the tree does not have the root that was signed");
  return {
    index,
    leaf: leafData(entry, commitmentsOf(auditSeals.sha256, entry)),
    path: path.map((hash) => hash.toBase64()),
    checkpoint: newest.note,
    tlog_proof: tlogProof(index, path, newest.note),
    verifier_keys: await verifierKeys(deps),
    payload: openPayload(entry),
  };
};

export const proveEntry =
  (deps: Deps): Application["audit"]["proof"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const proof = await entryProof(deps, id);
    return proof === null ? err({ type: "not-found" }) : ok(proof);
  };
