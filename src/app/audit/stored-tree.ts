import { openTilesOf, type Tile, type Tree } from "../../domain/audit/grow-tree.ts";
import { type Hash, peaksOf, type Range, rangeHash, type Sha256 } from "../../domain/audit/merkle-tree.ts";
import { bytesOfBase64 } from "../../domain/audit/signed-note.ts";
import { perfectHash, placeOfNode, splitHashes } from "../../domain/audit/tiles.ts";
import type { AuditLogStore, StoredTile } from "../../ports/audit-log-store.ts";
import { AuditLogBroken } from "./audit-log-broken.ts";

/** The hashes of a stored tile; none where it holds no whole hashes. */
export const hashesOf = (stored: StoredTile): readonly Hash[] => {
  const bytes = bytesOfBase64(stored.hashes);
  return (bytes === null ? null : splitHashes(bytes)) ?? [];
};

/** The tree of this size, from the tiles at its right edge. Rejects with AuditLogBroken when they are not what they must be. */
export const readTree = async (log: AuditLogStore, size: number): Promise<Tree> => {
  const open = await Promise.all(
    openTilesOf(size).map(async (wanted, level): Promise<Tile | null> => {
      if (wanted === null) return null;
      const stored = await log.tile(level, wanted.index);
      const hashes = stored === null ? [] : hashesOf(stored);
      if (stored === null || hashes.length !== wanted.width) {
        throw new AuditLogBroken("a tile at the right edge is not there or has another width");
      }
      return { level, index: wanted.index, hashes, first_position: stored.first_position };
    }),
  );
  return { size, open };
};

/** Hashes of ranges of leaves, from the tiles: a few reads, whatever the size of the log. */
export const rangeHashes = async (
  log: AuditLogStore,
  sha256: Sha256,
  ranges: readonly Range[],
): Promise<readonly Hash[]> => {
  const tiles = new Map<string, readonly Hash[]>();
  const nodes = new Map<string, Hash>();
  for (const { level, index } of ranges.flatMap(peaksOf)) {
    const { tile, from, count } = placeOfNode(level, index);
    const place = `${tile.level}/${tile.index}`;
    let hashes = tiles.get(place);
    if (hashes === undefined) {
      const stored = await log.tile(tile.level, tile.index);
      hashes = stored === null ? [] : hashesOf(stored);
      tiles.set(place, hashes);
    }
    if (hashes.length < from + count) {
      throw new AuditLogBroken("a tile at the right edge is not there or has another width");
    }
    nodes.set(`${level}/${index}`, perfectHash(sha256, hashes.slice(from, from + count)));
  }
  return ranges.map((range) =>
    rangeHash(sha256, range, (level, index) => nodes.get(`${level}/${index}`) ?? new Uint8Array()),
  );
};
