// Whatever is done to the audit log by SQL, behind the service's back, is found and named; what the law asks for is not.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { pruneIdentities } from "../../src/app/audit/prune-log.ts";
import { unlinkEntries } from "../../src/app/audit/unlink-entries.ts";
import { verifyLog } from "../../src/app/audit/verify-log.ts";
import type { LogFaultKind } from "../../src/domain/audit/log-fault.ts";
import type { KeyedHash } from "../../src/domain/shared/ids.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import type { Store } from "../../src/ports/store.ts";
import { sequence, tell } from "../support/audit-log.ts";
import { startPostgres } from "../support/postgres.ts";
import { hash } from "../support/records.ts";
import { type TestService, testService } from "../support/service.ts";

/** A database with a way in that the service does not know of. */
interface Backdoor {
  readonly store: Store;
  /** Texts that both databases read alike. */
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

const onSqlite = async (): Promise<Backdoor> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-tampering-"));
  const path = join(folder, "gonogo.db");
  const store = await openSqlite({ path });
  await store.migrator.up();
  const db = new Database(path);
  return {
    store,
    run: async (sql) => void db.run(sql),
    rows: async (sql) => db.query(sql).all() as Record<string, unknown>[],
    close: async () => {
      db.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const onPostgres = async (): Promise<Backdoor> => {
  const database = await startPostgres();
  const store = await openPostgres({ url: database.url, poolSize: 2 });
  await store.migrator.up();
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  return {
    store,
    run: async (text) => void (await sql.unsafe(text)),
    rows: async (text) => [...(await sql.unsafe(text))],
    close: async () => {
      await sql.end();
      await store.close();
      await database.stop();
    },
  };
};

interface Case {
  readonly what: string;
  /** Statements; `at(i)` is the position of the entry at place `i`. */
  readonly sql: (at: (index: number) => number, size: number) => readonly string[];
  readonly kind: LogFaultKind;
  /** Of the first entry that is wrong; from the end of the tree when negative. */
  readonly index: number | null;
  /** The sequencer has run once more before anybody looks. */
  readonly sequenced?: boolean;
}

const entry = (set: string, position: number): string =>
  `update audit_entries set ${set} where position = ${position}`;
const gone = (position: number): string => `delete from audit_entries where position = ${position}`;
const BLANK =
  "user_id_hash = null, ip_address_hash = null, user_agent_hash = null, resource_id = null, anonymized = true";
const stranger = (position: number): string =>
  `insert into audit_entries (position, id, created_at, updated_at, version, retention_until, action, resource_type)
   select ${position}, substr(id, 1, 32) || '0000', created_at, updated_at, 1,
   retention_until, 'mail.sent', 'mail' from audit_entries order by position desc limit 1`;
const swapped = (one: number, other: number): readonly string[] => [
  entry(`position = -1000000`, one),
  entry(`position = ${one}`, other),
  entry(`position = ${other}`, -1_000_000),
];
const NEWEST = "(select max(size) from audit_checkpoints)";

const CASES: readonly Case[] = [
  {
    what: "a detail changed",
    sql: (at) => [entry(`details = '{"kind":"reply"}'`, at(400))],
    kind: "changed",
    index: 400,
  },
  {
    what: "an action changed",
    sql: (at) => [entry("action = 'mail.deferred'", at(0))],
    kind: "changed",
    index: 0,
  },
  {
    what: "somebody else blamed",
    sql: (at) => [entry(`user_id_hash = '${"0".repeat(64)}'`, at(401))],
    kind: "changed",
    index: 401,
  },
  {
    what: "a field outside the leaf changed",
    sql: (at) => [entry("updated_at = updated_at + 1", at(402))],
    kind: "not-sealed",
    index: 402,
  },
  {
    what: "an entry dated back",
    sql: (at) => [entry("created_at = created_at - 86400000", at(403))],
    kind: "dated-back",
    index: 403,
  },
  {
    what: "the end of its period moved",
    sql: (at) => [entry("retention_until = retention_until - 1", at(404))],
    kind: "changed",
    index: 404,
  },
  {
    what: "a salt changed",
    sql: (at) => [entry(`salts = '${"A".repeat(22)}.${"A".repeat(22)}'`, at(405))],
    kind: "changed",
    index: 405,
  },
  { what: "two neighbours swapped", sql: (at) => swapped(at(410), at(411)), kind: "reordered", index: 410 },
  { what: "two far apart swapped", sql: (at) => swapped(at(20), at(500)), kind: "reordered", index: 20 },
  { what: "the first one deleted", sql: (at) => [gone(at(0))], kind: "deleted", index: 0 },
  { what: "one in the middle deleted", sql: (at) => [gone(at(300))], kind: "deleted", index: 300 },
  {
    what: "twenty in the middle deleted",
    sql: (at) => [`delete from audit_entries where position between ${at(300)} and ${at(319)}`],
    kind: "deleted",
    index: 300,
  },
  {
    what: "the last one of the tree deleted",
    sql: (at, size) => [gone(at(size - 1))],
    kind: "cut-off",
    index: -1,
  },
  {
    what: "the last one deleted, and the log goes on",
    sql: (at, size) => [gone(at(size - 1))],
    kind: "deleted",
    index: -1,
    sequenced: true,
  },
  { what: "one put before the first", sql: (at) => [stranger(at(0) - 1)], kind: "inserted", index: 0 },
  {
    what: "one put into the middle",
    sql: (at) => [
      `update audit_entries set position = position + 1000000 where position >= ${at(300)}`,
      stranger(at(300)),
    ],
    kind: "inserted",
    index: 300,
  },
  {
    what: "one put in the place of another",
    sql: (at) => [gone(at(300)), stranger(at(300))],
    kind: "changed",
    index: 300,
  },
  {
    what: "one put at the end",
    sql: (at, size) => [stranger(at(size) + 500)],
    kind: "not-sealed",
    index: null,
  },
  {
    what: "one put at the end, and the log goes on",
    sql: (at, size) => [stranger(at(size) + 500)],
    kind: "not-sealed",
    index: null,
    sequenced: true,
  },
  {
    what: "an entry changed before it was sequenced",
    sql: (at, size) => [entry("details = null", at(size + 2))],
    kind: "not-sealed",
    index: null,
  },
  {
    what: "the same, and the log goes on",
    sql: (at, size) => [entry(`details = '{"kind":"reply"}'`, at(size + 2))],
    kind: "not-sealed",
    index: null,
    sequenced: true,
  },
  {
    what: "a pruning before its time",
    sql: (at) => [entry(`${BLANK}, salts = '.' || substr(salts, 24)`, at(420))],
    kind: "forged-pruning",
    index: 420,
  },
  {
    what: "a pruning before its time, with a marker of nobody",
    sql: (at) => [
      entry(`${BLANK}, salts = '.' || substr(salts, 24), unlinked_mark = '${"A".repeat(43)}'`, at(421)),
    ],
    kind: "forged-erasure",
    index: 421,
  },
  {
    what: "the mark of another's erasure",
    sql: (at) => [
      entry(
        `${BLANK}, salts = '.' || substr(salts, 24), unlinked_mark = (select unlinked_mark from audit_entries where unlinked_mark is not null limit 1)`,
        at(422),
      ),
    ],
    kind: "forged-erasure",
    index: 422,
  },
  {
    what: "a mark on an entry that is not blank",
    sql: (at) => [entry(`unlinked_mark = '${"A".repeat(43)}'`, at(423))],
    kind: "forged-erasure",
    index: 423,
  },
  {
    what: "a payload taken before its time",
    sql: (at) => [entry("details = null, salts = substr(salts, 1, 22) || '.'", at(424))],
    kind: "forged-pruning",
    index: 424,
  },
  {
    what: "a lawful pruning filled with something else",
    sql: (at) => [entry(`user_id_hash = '${"0".repeat(64)}'`, at(0))],
    kind: "changed",
    index: 0,
  },
  {
    what: "the newest checkpoint deleted",
    sql: () => [`delete from audit_checkpoints where size = ${NEWEST}`],
    kind: "checkpoint-removed",
    index: null,
  },
  {
    what: "the newest checkpoint and the tail deleted",
    sql: (at) => [
      `delete from audit_entries where position > ${at(449)}`,
      `delete from audit_checkpoints where size = ${NEWEST}`,
    ],
    kind: "cut-off",
    index: 450,
  },
  {
    what: "every checkpoint and tile deleted, and the tail",
    sql: (at) => [
      "delete from audit_checkpoints",
      "delete from audit_tiles",
      `delete from audit_entries where position > ${at(449)}`,
    ],
    kind: "cut-off",
    index: 450,
  },
  {
    what: "a root changed",
    sql: () => [`update audit_checkpoints set root = '${"A".repeat(43)}=' where size = ${NEWEST}`],
    kind: "checkpoint-changed",
    index: null,
  },
  {
    what: "a signature changed",
    sql: () => [
      `update audit_checkpoints set note = replace(note, 'localhost', 'elsewhere') where size = ${NEWEST}`,
    ],
    kind: "checkpoint-changed",
    index: null,
  },
  {
    what: "a tile of leaves deleted",
    sql: () => [`delete from audit_tiles where level = 0 and "index" = 1`],
    kind: "tile-changed",
    index: 256,
  },
  {
    what: "a tile above them changed",
    sql: () => [`update audit_tiles set hashes = '${"A".repeat(43)}=' where level = 1 and "index" = 0`],
    kind: "tile-changed",
    index: 0,
  },
  {
    what: "where a tile begins changed",
    sql: () => [`update audit_tiles set first_position = first_position + 1 where level = 0 and "index" = 1`],
    kind: "tile-changed",
    index: 256,
  },
];

const tampering = (name: string, open: () => Promise<Backdoor>): void => {
  describe(`behind the back of the service, on ${name}`, () => {
    let door: Backdoor;
    let service: TestService;
    let positions: readonly number[] = [];
    let size = 0;
    let outside = "";
    let early = "";
    const TABLES = ["audit_entries", "audit_tiles", "audit_checkpoints"];

    const verified = () => verifyLog(service.deps)({ from: early });
    const restored = async (): Promise<void> => {
      for (const table of TABLES) {
        await door.run(`delete from ${table}`);
        await door.run(`insert into ${table} select * from kept_${table}`);
      }
      await service.deps.checkpointFile.write(outside);
    };

    beforeAll(async () => {
      door = await open();
      service = await testService({ store: door.store });
      const [ada, bob] = [hash<KeyedHash>(), hash<KeyedHash>()];
      await tell(service, 50, ada);
      await sequence(service);
      early = (await service.deps.checkpointFile.read()) ?? "";
      const told = (await service.store.auditLog.newest())?.size ?? 0;
      // A year later the first are pruned; then one person is erased.
      service.pass(366 * DAY);
      await pruneIdentities(service.deps)({
        now: service.deps.clock.now(),
        limit: 1_000,
        holds: [],
        after: 0,
      });
      await tell(service, 30, ada);
      await tell(service, 200, bob);
      await sequence(service);
      await unlinkEntries(service.deps)({
        userHashes: new Set([ada]),
        resourceIds: new Set(),
        limit: 10_000,
        after: null,
      });
      expect(await verified()).toMatchObject({ fault: null, pruned_identities: told, unlinked: 60 });
      size = (await service.store.auditLog.newest())?.size ?? 0;
      outside = (await service.deps.checkpointFile.read()) ?? "";
      await tell(service, 5, bob);
      positions = (await door.rows("select position from audit_entries order by position")).map(
        ({ position }) => Number(position),
      );
      for (const table of TABLES) await door.run(`create table kept_${table} as select * from ${table}`);
    }, 60_000);
    afterAll(() => door.close());

    test.each(CASES.map((each) => [each.what, each] as const))(
      "%s: found and named",
      async (_, each) => {
        for (const sql of each.sql((index) => positions[index] ?? Number.NaN, size)) await door.run(sql);
        try {
          if (each.sequenced === true) await sequence(service);
          const { fault } = await verified();
          expect(fault?.kind).toBe(each.kind);
          if (each.index !== null) expect(fault?.index).toBe(each.index < 0 ? size + each.index : each.index);
        } finally {
          await restored();
        }
      },
      60_000,
    );

    test("nothing of all that, and nothing is found", async () => {
      expect((await verified()).fault).toBeNull();
    });

    test("an old copy of the database in its place: found, named, and nothing is signed on top of it", async () => {
      await sequence(service);
      await tell(service, 20);
      await sequence(service);
      const newest = (await service.deps.checkpointFile.read()) ?? "";
      expect((await verified()).fault).toBeNull();
      await restored();
      await service.deps.checkpointFile.write(newest);
      try {
        expect((await verified()).fault).toEqual({ kind: "cut-off", index: positions.length, id: null });
        await expect(sequence(service)).rejects.toThrow("shorter than the checkpoint outside");
      } finally {
        await restored();
      }
    }, 60_000);
  });
};

tampering("SQLite", onSqlite);
tampering("PostgreSQL", onPostgres);
