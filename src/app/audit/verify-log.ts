import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import type { Checkpoint } from "../../domain/audit/checkpoint.ts";
import { EMPTY_TREE, rootOfTree, type Tile, type Tree, withLeaves } from "../../domain/audit/grow-tree.ts";
import { departureKind, forgedBlank, isDatedWrong, type LogFault } from "../../domain/audit/log-fault.ts";
import { isIdentityBlank, isPayloadBlank, leafOf } from "../../domain/audit/log-leaf.ts";
import { type Hash, sameHash } from "../../domain/audit/merkle-tree.ts";
import { TILE_WIDTH } from "../../domain/audit/tiles.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { LoggedEntry } from "../../ports/audit-log-store.ts";
import type { AuditSeal } from "../../ports/audit-seal.ts";
import { openCheckpoint } from "./former-checkpoint.ts";
import type { LogDeps } from "./log-deps.ts";
import { hashesOf } from "./stored-tree.ts";

export interface VerifyLog {
  /** A checkpoint that was kept elsewhere: the log must go on from it. */
  readonly from: string | null;
  /** Told after every page how many entries have been looked at. */
  readonly onProgress?: (entries: number) => void;
}

export interface LogVerification {
  /** The first thing that is wrong; null when nothing is. */
  readonly fault: LogFault | null;
  readonly entries: number;
  /** Entries that are in the tree. */
  readonly size: number;
  /** Lawfully blank: by their time, and by an erasure. */
  readonly pruned_identities: number;
  readonly pruned_payloads: number;
  readonly unlinked: number;
}

/** Before every position that a database can hold. */
const FROM_OLDEST = Number.MIN_SAFE_INTEGER;
/** How far entries are looked for that have been moved. */
const WINDOW = 8;

/** A root that was signed, and that the entries must lead to again. */
interface Anchor {
  readonly checkpoint: Checkpoint;
  /** In the database: elsewhere it may know of entries that the database has lost. */
  readonly inside: boolean;
}

const fault = (kind: LogFault["kind"], index: number | null = null, id: string | null = null): LogFault => ({
  kind,
  index,
  id,
});

/** What is signed about the log, or what is wrong with it. */
const anchorsOf = async (
  deps: LogDeps,
  from: string | null,
): Promise<{ readonly anchors: readonly Anchor[]; readonly wrong: LogFault | null }> => {
  const anchors: Anchor[] = [];
  let wrong: LogFault | null = null;
  for (let size = -1; ; ) {
    const page = await deps.auditLog.checkpoints(size, TILE_WIDTH);
    for (const stored of page) {
      const checkpoint = await openCheckpoint(deps, stored.note);
      const agrees =
        checkpoint?.size === stored.size && checkpoint.root.toBase64() === stored.root ? checkpoint : null;
      if (agrees === null) wrong ??= fault("checkpoint-changed", stored.size);
      else anchors.push({ checkpoint: agrees, inside: true });
      size = stored.size;
    }
    if (page.length < TILE_WIDTH) break;
  }
  for (const note of [from, await deps.checkpointFile.read()]) {
    if (note === null) continue;
    const checkpoint = await openCheckpoint(deps, note);
    if (checkpoint === null) wrong ??= fault("checkpoint-changed");
    else anchors.push({ checkpoint, inside: false });
  }
  return { anchors: anchors.toSorted((a, b) => a.checkpoint.size - b.checkpoint.size), wrong };
};

/** Leaves of the log as they were stored, tile by tile. */
const storedLeaves = (deps: LogDeps) => {
  const tiles = new Map<number, readonly Hash[]>();
  return async (index: number, count: number): Promise<readonly Hash[]> => {
    const found: Hash[] = [];
    for (let at = index; at < index + count; ) {
      const number = Math.floor(at / TILE_WIDTH);
      let hashes = tiles.get(number);
      if (hashes === undefined) {
        const stored = await deps.auditLog.tile(0, number);
        hashes = stored === null ? [] : hashesOf(stored);
        if (tiles.size > 2 * WINDOW) tiles.clear();
        tiles.set(number, hashes);
      }
      const some = hashes.slice(at % TILE_WIDTH, (at % TILE_WIDTH) + index + count - at);
      if (some.length === 0) break;
      found.push(...some);
      at += some.length;
    }
    return found;
  };
};

/** How a tile is stored: as the entries give it, with more behind that, or otherwise. */
const storedAs = async ({ auditLog }: LogDeps, tile: Tile): Promise<"same" | "longer" | "other"> => {
  const stored = await auditLog.tile(tile.level, tile.index);
  if (stored === null || stored.first_position !== tile.first_position) return "other";
  const hashes = hashesOf(stored);
  if (!tile.hashes.every((hash, i) => sameHash(hash, hashes[i] ?? new Uint8Array()))) return "other";
  return hashes.length === tile.hashes.length ? "same" : "longer";
};

/** What is wrong with an entry by itself; its leaf is the one that was signed, or it has none yet. */
const faultOfEntry = (seal: AuditSeal, entry: AuditEntry, index: number, now: Instant): LogFault | null => {
  const forged = forgedBlank(entry, seal.isMarked(entry), now);
  if (forged !== null) return fault(forged, index, entry.id);
  return seal.isSealed(entry) ? null : fault("not-sealed", index, entry.id);
};

/**
 * Recomputes the whole log, page by page, and says what is wrong first: it compares entries with tiles, tiles with each
 * other, roots with every signed checkpoint, and the end with the checkpoint outside the database.
 */
export const verifyLog =
  (deps: LogDeps) =>
  async ({ from, onProgress }: VerifyLog): Promise<LogVerification> => {
    const { auditLog, auditSeals, clock } = deps;
    const { sha256 } = auditSeals;
    const seal = await auditSeals.open();
    const now = clock.now();
    const { anchors, wrong } = await anchorsOf(deps, from);
    const { size, last_position: last } = (await auditLog.newest()) ?? { size: 0, last_position: 0 };
    const leavesFrom = storedLeaves(deps);
    const counts = { pruned_identities: 0, pruned_payloads: 0, unlinked: 0 };
    let tree: Tree = EMPTY_TREE;
    let entries = 0;
    /** Tiles know of more than the newest checkpoint does. */
    let isLonger = false;
    const ended = (found: LogFault | null): LogVerification => ({ fault: found, entries, size, ...counts });

    /** What happened from the first leaf on that is not the one that was signed. */
    const departure = async (index: number, page: readonly LoggedEntry[]): Promise<LogFault> => {
      const [first] = page;
      if (first === undefined) return fault("cut-off", index);
      const more = await auditLog.entries(page.at(-1)?.position ?? 0, WINDOW * TILE_WIDTH);
      const found = [...page, ...more].map(({ entry }) => leafOf(sha256, entry));
      const signed = await leavesFrom(index, Math.min(WINDOW * TILE_WIDTH, size - index));
      const kind = departureKind({ signed, found });
      if (kind !== "changed") return fault(kind, index, first.entry.id);
      // What stands there is the first entry that has not come into the tree yet.
      if (first.position > last) return fault("cut-off", index);
      if (seal.isSealed(first.entry)) {
        // It is as it was written, so it is in another's place: alone, or with all that follow it.
        const [, follows] = found;
        const [, wanted] = signed;
        const isAlone = follows !== undefined && wanted !== undefined && sameHash(follows, wanted);
        return fault(isAlone ? "reordered" : "deleted", index, first.entry.id);
      }
      const forged = forgedBlank(first.entry, seal.isMarked(first.entry), now);
      return fault(forged ?? (isDatedWrong(first.entry) ? "dated-back" : kind), index, first.entry.id);
    };

    /** Adds leaves, stopping at every size that was signed; answers what does not lead to the signed root. */
    const grow = async (leaves: readonly { position: number; hash: Hash }[]): Promise<LogFault | null> => {
      let rest = leaves;
      while (rest.length > 0) {
        const stop =
          anchors.find(({ checkpoint }) => checkpoint.size > tree.size)?.checkpoint.size ?? Infinity;
        const added = withLeaves(sha256, tree, rest.slice(0, stop - tree.size));
        rest = rest.slice(added.tree.size - tree.size);
        const before = tree.size;
        tree = added.tree;
        const complete = added.tiles.filter(({ hashes }) => hashes.length === TILE_WIDTH);
        const open = tree.size === size ? tree.open.filter((tile) => tile !== null) : [];
        for (const tile of tree.size <= size ? [...complete, ...open] : []) {
          const found = await storedAs(deps, tile);
          if (found === "other") return fault("tile-changed", tile.index * TILE_WIDTH ** (tile.level + 1));
          isLonger ||= found === "longer";
        }
        const root = rootOfTree(sha256, tree);
        const broken = anchors.some(
          ({ checkpoint }) => checkpoint.size === tree.size && !sameHash(checkpoint.root, root),
        );
        if (broken) return fault("tree-replaced", before);
      }
      return null;
    };

    for (let after = FROM_OLDEST; ; ) {
      const page = await auditLog.entries(after, TILE_WIDTH);
      const signed = await leavesFrom(entries, Math.max(0, Math.min(page.length, size - entries)));
      const leaves = page.map(({ position, entry }) => ({ position, hash: leafOf(sha256, entry) }));
      for (const [at, { entry }] of page.entries()) {
        const index = entries + at;
        const wanted = signed[at];
        const hash = leaves[at]?.hash ?? new Uint8Array();
        if (index < size && (wanted === undefined || !sameHash(wanted, hash))) {
          if (wanted === undefined) return ended(fault("tile-changed", index));
          return ended(await departure(index, page.slice(at)));
        }
        const found = faultOfEntry(seal, entry, index, now);
        if (found !== null) return ended(found);
        if (isPayloadBlank(entry)) counts.pruned_payloads += 1;
        if (entry.unlinked_mark !== null) counts.unlinked += 1;
        else if (isIdentityBlank(entry)) counts.pruned_identities += 1;
      }
      const broken = await grow(leaves);
      entries += page.length;
      if (broken !== null) return ended(wrong ?? broken);
      onProgress?.(entries);
      if (page.length < TILE_WIDTH) break;
      after = page.at(-1)?.position ?? after;
    }
    if (entries < size) return ended(fault("cut-off", entries));
    const known = Math.max(0, ...anchors.map(({ checkpoint }) => checkpoint.size));
    if (known > entries) return ended(fault("cut-off", entries));
    // While it is looked at, the log may have gone on.
    const removed = known > size || (isLonger && (await auditLog.newest())?.size === size);
    if (removed) return ended(fault("checkpoint-removed", size));
    return ended(wrong);
  };
