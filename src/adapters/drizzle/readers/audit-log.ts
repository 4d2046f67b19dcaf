import { and, asc, count, desc, eq, gt, gte, lt, lte } from "drizzle-orm";
import type { AuditLogStore } from "../../../ports/audit-log-store.ts";
import { first, param, prepared, type Source } from "../portable.ts";
import type { postgresMachinery } from "../schema.postgres.ts";
import { type AskRows, loggedEntries } from "./logged-entries.ts";

/** Tables of the log, which no reader of records has. SQLite's are cast to them where they are opened. */
export type LogTables = Pick<typeof postgresMachinery, "audit_tiles" | "audit_checkpoints">;

/** What can be asked of the log, alike on both databases. */
export const auditLogReads = (
  source: Source,
  { audit_tiles, audit_checkpoints }: LogTables,
  ask: AskRows,
): Omit<AuditLogStore, "integrate" | "replace"> => {
  const { db, schema } = source;
  const { audit_entries } = schema;
  const { position } = audit_entries;

  const positionOf = prepared(source, "audit_log.positionOf", () =>
    db
      .select({ position })
      .from(audit_entries)
      .where(eq(audit_entries.id, param("id"))),
  );
  const counted = prepared(source, "audit_log.count", () =>
    db
      .select({ found: count() })
      .from(audit_entries)
      .where(and(gte(position, param("from")), lt(position, param("to")))),
  );
  const newest = prepared(source, "audit_log.newest", () =>
    db.select().from(audit_checkpoints).orderBy(desc(audit_checkpoints.size)).limit(1),
  );
  const checkpoints = prepared(source, "audit_log.checkpoints", () =>
    db
      .select()
      .from(audit_checkpoints)
      .where(gt(audit_checkpoints.size, param("size")))
      .orderBy(asc(audit_checkpoints.size))
      .limit(param("limit")),
  );
  const tiles = prepared(source, "audit_log.tiles", () =>
    db
      .select()
      .from(audit_tiles)
      .where(and(eq(audit_tiles.level, param("level")), gte(audit_tiles.index, param("from"))))
      .orderBy(asc(audit_tiles.index))
      .limit(param("limit")),
  );
  const tile = prepared(source, "audit_log.tile", () =>
    db
      .select()
      .from(audit_tiles)
      .where(and(eq(audit_tiles.level, param("level")), eq(audit_tiles.index, param("index")))),
  );
  const tileOver = prepared(source, "audit_log.tileOver", () =>
    db
      .select()
      .from(audit_tiles)
      .where(and(eq(audit_tiles.level, 0), lte(audit_tiles.first_position, param("position"))))
      .orderBy(desc(audit_tiles.level), desc(audit_tiles.first_position))
      .limit(1),
  );
  return {
    entries: loggedEntries(source, ask),
    positionOf: async (id) => first(await positionOf({ id }))?.position ?? null,
    count: async (from, to) => Number(first(await counted({ from, to }))?.found ?? 0),
    newest: async () => first(await newest({})),
    checkpoints: (size, limit) => checkpoints({ size, limit }),
    tile: async (level, index) => first(await tile({ level, index })),
    tiles: (level, from, limit) => tiles({ level, from, limit }),
    tileOver: async (position) => first(await tileOver({ position })),
  };
};
