import type { AuditLogStore } from "../../../ports/audit-log-store.ts";
import type { Attempt, Source } from "../portable.ts";
import { auditLogReads, type LogTables } from "../readers/audit-log.ts";
import { sqliteMachinery } from "../schema.sqlite.ts";
import type { SqliteConnection } from "./connection.ts";
import { TAKE as TAKE_LEASE } from "./sqlite-leases.ts";

const SIZE = "select coalesce(max(size), 0) from audit_checkpoints";
const TILE = `insert into audit_tiles (level, "index", hashes, first_position) values (?, ?, ?, ?)
  on conflict (level, "index") do update set hashes = excluded.hashes`;
const CHECKPOINT =
  "insert into audit_checkpoints (size, last_position, root, note, created_at) values (?, ?, ?, ?, ?)";
const FORGET = "delete from audit_checkpoints where size = ?";
const REPLACE = `update audit_entries set version = ?, updated_at = ?, anonymized = ?, resource_id = ?,
  user_id_hash = ?, ip_address_hash = ?, user_agent_hash = ?, details = ?, salts = ?, seal = ?, commitments = ?,
  unlinked_mark = ? where id = ? and version = ?`;

/** Transactions from `begin` to `commit` without an `await`, as the groups' are: nothing else runs on the connection between. */
export const sqliteAuditLog = (
  { db, statement }: SqliteConnection,
  source: Source,
  attempt: Attempt,
): AuditLogStore => {
  const transact = <T>(work: () => T): T => {
    statement("begin immediate").run();
    try {
      const done = work();
      statement("commit").run();
      return done;
    } catch (error) {
      if (db.inTransaction) statement("rollback").run();
      throw error;
    }
  };
  return {
    ...auditLogReads(source, sqliteMachinery as unknown as LogTables, (text, parameters) =>
      statement(text).values(...parameters),
    ),
    integrate: ({ from, tiles, checkpoint, replaces, lease }) =>
      attempt("audit_log.integrate", async () =>
        transact(() => {
          if (statement(SIZE).values()[0]?.[0] !== from) return false;
          for (const { level, index, hashes, first_position } of tiles) {
            statement(TILE).run(level, index, hashes, first_position);
          }
          if (replaces) statement(FORGET).run(from);
          const { size, last_position, root, note, created_at } = checkpoint;
          statement(CHECKPOINT).run(size, last_position, root, note, created_at);
          const now = Date.now();
          statement(TAKE_LEASE).run(lease.name, lease.holder, now + lease.ttlMs, now);
          return true;
        }),
      ),
    replace: (entries) =>
      attempt("audit_log.replace", async () =>
        transact(
          () =>
            entries.filter((entry) => {
              const { changes } = statement(REPLACE).run(
                entry.version,
                entry.updated_at,
                entry.anonymized,
                entry.resource_id,
                entry.user_id_hash,
                entry.ip_address_hash,
                entry.user_agent_hash,
                entry.details,
                entry.salts,
                entry.seal,
                entry.commitments,
                entry.unlinked_mark,
                entry.id,
                entry.version - 1,
              );
              return changes === 1;
            }).length,
        ),
      ),
  };
};
