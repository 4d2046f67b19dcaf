import type { AuditLogStore, StoredCheckpoint, StoredTile } from "../../ports/audit-log-store.ts";
import type { MemoryContents } from "./contents.ts";
import { takeLease } from "./memory-leases.ts";

/** The tree over the entries, and where each entry stands. */
export interface MemoryLog {
  /** Ids in the order of insertion: a position is one more than the place in here. */
  readonly order: string[];
  readonly positions: Map<string, number>;
  /** By level, then by index. */
  readonly tiles: StoredTile[][];
  /** By size. */
  checkpoints: StoredCheckpoint[];
}

export const emptyLog = (): MemoryLog => ({ order: [], positions: new Map(), tiles: [], checkpoints: [] });

export const createMemoryAuditLog = (
  contents: MemoryContents,
  attempt: <T>(operation: string, work: () => T) => Promise<T>,
): AuditLogStore => {
  const { tables, log } = contents;
  return {
    entries: (after, limit) =>
      attempt("audit_log.entries", () =>
        log.order.slice(Math.max(0, after), Math.max(0, after) + limit).flatMap((id) => {
          const entry = tables.audit_entries.get(id);
          return entry === null ? [] : [{ position: log.positions.get(id) ?? 0, entry }];
        }),
      ),
    positionOf: (id) => attempt("audit_log.positionOf", () => log.positions.get(id) ?? null),
    count: (from, to) =>
      attempt("audit_log.count", () => Math.max(0, Math.min(to, log.order.length + 1) - Math.max(from, 1))),
    newest: () => attempt("audit_log.newest", () => log.checkpoints.at(-1) ?? null),
    checkpoints: (size, limit) =>
      attempt("audit_log.checkpoints", () =>
        log.checkpoints.filter((checkpoint) => checkpoint.size > size).slice(0, limit),
      ),
    tile: (level, index) => attempt("audit_log.tile", () => log.tiles[level]?.[index] ?? null),
    tiles: (level, from, limit) =>
      attempt("audit_log.tiles", () => (log.tiles[level] ?? []).slice(from, from + limit)),
    tileOver: (position) =>
      attempt(
        "audit_log.tileOver",
        () => (log.tiles[0] ?? []).findLast(({ first_position }) => first_position <= position) ?? null,
      ),
    integrate: ({ from, tiles, checkpoint, replaces, lease }) =>
      attempt("audit_log.integrate", () => {
        if ((log.checkpoints.at(-1)?.size ?? 0) !== from) return false;
        for (const tile of tiles) {
          log.tiles[tile.level] ??= [];
          const level = log.tiles[tile.level];
          if (level !== undefined) level[tile.index] = tile;
        }
        if (replaces) log.checkpoints.pop();
        log.checkpoints.push(checkpoint);
        takeLease(contents, lease.name, lease.holder, lease.ttlMs);
        return true;
      }),
    replace: (entries) =>
      attempt(
        "audit_log.replace",
        () =>
          entries.filter((entry) => {
            if (tables.audit_entries.get(entry.id)?.version !== entry.version - 1) return false;
            tables.audit_entries.put(Object.freeze({ ...entry }));
            return true;
          }).length,
      ),
  };
};
