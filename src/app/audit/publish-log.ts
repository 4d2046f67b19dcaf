import { verifierKey } from "../../domain/audit/signed-note.ts";
import { joinHashes, TILE_WIDTH, type TilePlace } from "../../domain/audit/tiles.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { logOrigin } from "./former-checkpoint.ts";
import type { LogDeps } from "./log-deps.ts";
import { hashesOf } from "./stored-tree.ts";

/** The newest signed checkpoint, as it is served. */
export const readCheckpoint =
  ({ auditLog }: LogDeps): Application["audit"]["checkpoint"] =>
  async () => {
    const newest = await auditLog.newest();
    return newest === null ? err({ type: "not-found" }) : ok(newest.note);
  };

/** A tile of this width; a narrower one than there is now was one once, and stays what it was. */
export const readTile =
  ({ auditLog }: LogDeps): Application["audit"]["tile"] =>
  async ({ level, index, width }: TilePlace & { readonly width: number }) => {
    const stored = width > TILE_WIDTH ? null : await auditLog.tile(level, index);
    const hashes = stored === null ? [] : hashesOf(stored);
    return hashes.length < width ? err({ type: "not-found" }) : ok(joinHashes(hashes.slice(0, width)));
  };

/** What checkpoints are verified with: every key there ever was, oldest first. */
export const verifierKeys = async (
  deps: Pick<LogDeps, "logSigner" | "auditSeals" | "policies">,
): Promise<readonly string[]> => {
  const keys = await deps.logSigner.keys(logOrigin(deps));
  return keys.map((key) => verifierKey(deps.auditSeals.sha256, key));
};
