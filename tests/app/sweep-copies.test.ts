import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copySqlite } from "../../src/adapters/drizzle/copy/sqlite-copy.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { BACKUP_LEASE, sweepCopies } from "../../src/app/cli/sweep-copies.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import type { Store } from "../../src/ports/store.ts";

describe("a copy of the database in the clear", () => {
  let folder = "";
  let path = "";
  let store: Store;
  const copies = (): readonly string[] => readdirSync(folder).filter((name) => name.includes(".copy-"));
  const sweep = (): Promise<void> =>
    sweepCopies({ database: { kind: "sqlite", path } }, store.leases, { now: () => Date.now() as Instant });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gonogo-copies-"));
    path = join(folder, "gonogo.db");
    store = await openSqlite({ path });
    await store.migrator.up();
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("has no name once it is whole, and can be read all the same", async () => {
    const copy = await copySqlite(path);
    expect(copies()).toEqual([]);
    const parts: Uint8Array[] = [];
    for await (const part of copy.bytes()) parts.push(part);
    await copy.close();
    const text = Buffer.from(Bun.gunzipSync(Buffer.concat(parts))).toString("latin1");
    expect(text).toStartWith("SQLite format 3");
  });

  test("that a killed backup left goes, and nothing else does", async () => {
    writeFileSync(`${path}.copy-left`, "in the clear");
    writeFileSync(join(folder, "other.db.copy-left"), "somebody else's");
    await sweep();
    expect(copies()).toEqual(["other.db.copy-left"]);
    expect(existsSync(path)).toBe(true);
    expect(await store.leases.take(BACKUP_LEASE.name, "a backup", 0)).toBe(true);
  });

  test("into which a backup was put stays for a day after it was last written to", async () => {
    const [drilled, restored, young] = ["drill-1", "restoring-2-wal", "drill-3"].map(
      (end) => `${path}.${end}`,
    );
    for (const file of [drilled, restored, young]) writeFileSync(file ?? "", "in the clear");
    const yesterday = Date.now() / 1_000 - 25 * 3_600;
    for (const file of [drilled, restored, path]) utimesSync(file ?? "", yesterday, yesterday);
    await sweep();
    expect([drilled, restored, young, path].map((file) => existsSync(file ?? ""))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test("stays while a backup is being made", async () => {
    writeFileSync(`${path}.copy-being-made`, "in the clear");
    await store.leases.take(BACKUP_LEASE.name, "a backup", BACKUP_LEASE.ttlMs);
    await sweep();
    expect(copies()).toEqual(["gonogo.db.copy-being-made"]);
    await store.leases.release(BACKUP_LEASE.name, "a backup");
    await sweep();
    expect(copies()).toEqual([]);
  });
});
