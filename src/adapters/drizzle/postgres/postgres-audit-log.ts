import type { AuditEntry } from "../../../domain/audit/audit-entry.ts";
import type { AuditLogStore, Integration } from "../../../ports/audit-log-store.ts";
import type { Attempt, Source } from "../portable.ts";
import { auditLogReads } from "../readers/audit-log.ts";
import { postgresMachinery } from "../schema.postgres.ts";
import { type Lane, LaneLost } from "./lane.ts";
import type { LaneKeeper } from "./lane-keeper.ts";
import { TAKE as TAKE_LEASE } from "./postgres-leases.ts";
import type { ReaderPool } from "./reader-pool.ts";
import { arrayOf } from "./statements.ts";

/** One integration at a time: what it goes on from is looked up when nobody else can add to it. */
const LOCK = "select pg_advisory_xact_lock(1196314439, 0)";
const SIZE = "select coalesce(max(size), 0)::text as size from audit_checkpoints";
const TILES = `insert into audit_tiles (level, "index", hashes, first_position)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
  on conflict (level, "index") do update set hashes = excluded.hashes`;
const CHECKPOINT = `insert into audit_checkpoints (size, last_position, root, note, created_at)
  values ($1::bigint, $2::bigint, $3::text, $4::text, $5::bigint)`;
const FORGET = "delete from audit_checkpoints where size = $1::bigint";

/** What `replace` puts, and how PostgreSQL reads it. */
const REPLACED = {
  version: "bigint",
  updated_at: "bigint",
  anonymized: "boolean",
  resource_id: "text",
  user_id_hash: "text",
  ip_address_hash: "text",
  user_agent_hash: "text",
  details: "text",
  salts: "text",
  seal: "text",
  commitments: "text",
  unlinked_mark: "text",
} as const satisfies Partial<Record<keyof AuditEntry, string>>;

const FIELDS = Object.keys(REPLACED) as (keyof typeof REPLACED)[];

const REPLACE =
  `update audit_entries as old set ${FIELDS.map((field) => `${field} = new.${field}`).join(", ")} ` +
  `from unnest($1::text[], ${FIELDS.map((field, at) => `$${at + 2}::${REPLACED[field]}[]`).join(", ")}) ` +
  `as new (id, ${FIELDS.join(", ")}) where old.id = new.id and old.version = new.version - 1 returning old.id`;

/** From `begin` to `commit` on a lane that nobody else uses meanwhile. */
const integrateOn = async (lane: Lane, begin: string, integration: Integration): Promise<boolean> => {
  const { from, tiles, checkpoint, replaces, lease } = integration;
  try {
    const [, size] = await Promise.all([lane.send(`${begin}; ${LOCK}`), lane.send(SIZE)]);
    if (size.rows[0]?.["size"] !== String(from)) {
      await lane.send("rollback");
      return false;
    }
    const { last_position, root, note, created_at } = checkpoint;
    const answers = await Promise.all([
      lane.send(TILES, [
        arrayOf(tiles.map(({ level }) => level)),
        arrayOf(tiles.map(({ index }) => index)),
        arrayOf(tiles.map(({ hashes }) => hashes)),
        arrayOf(tiles.map(({ first_position }) => first_position)),
      ]),
      ...(replaces ? [lane.send(FORGET, [String(from)])] : []),
      lane.send(CHECKPOINT, [String(checkpoint.size), String(last_position), root, note, String(created_at)]),
      lane.send(TAKE_LEASE, [lease.name, lease.holder, String(lease.ttlMs)]),
      lane.send("commit"),
    ]);
    if (answers.at(-1)?.command !== "COMMIT") throw new Error("COMMIT was not answered as such");
    return true;
  } catch (error) {
    // A transaction that nobody ends would keep the others from going on.
    if (!(error instanceof LaneLost)) await lane.close();
    throw error;
  }
};

export const postgresAuditLog = (
  lanes: LaneKeeper,
  begin: string,
  pool: ReaderPool,
  source: Source,
  attempt: Attempt,
): AuditLogStore => {
  let running: Promise<unknown> = Promise.resolve();
  return {
    ...auditLogReads(source, postgresMachinery, (text, parameters) =>
      pool.values(text, parameters.map(String)),
    ),
    integrate: (integration) => {
      const done = running.then(() =>
        attempt("audit_log.integrate", async () => integrateOn(await lanes.get(), begin, integration)),
      );
      running = done.catch(() => null);
      return done;
    },
    replace: (entries) =>
      attempt("audit_log.replace", async () => {
        if (entries.length === 0) return 0;
        const columns = FIELDS.map((field) => arrayOf(entries.map((entry) => entry[field])));
        return (await pool.values(REPLACE, [arrayOf(entries.map(({ id }) => id)), ...columns])).length;
      }),
  };
};
