import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite, type SqliteOptions } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import type { Store } from "../../src/ports/store.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { changes, insert, record } from "../support/records.ts";

const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "answered",
    (error: unknown) => error,
  );

describe("the SQLite file", () => {
  let folder = "";
  let path = "";
  const opened: { close(): unknown }[] = [];
  const open = async (options: Omit<SqliteOptions, "path"> = {}): Promise<Store> => {
    const store = await openSqlite({ path, ...options });
    opened.push(store);
    await store.migrator.up();
    return store;
  };
  /** Another writer, as another process would be. */
  const other = (): Database => {
    const db = new Database(path, { strict: true });
    opened.push(db);
    return db;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gonogo-sqlite-"));
    path = join(folder, "data", "gonogo.db");
  });
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("is made for its owner alone, with what belongs to it", async () => {
    const store = await open();
    await store.groups.commitGroup([changes([insert("system_config")])]);
    const files = await readdir(join(folder, "data"));
    expect(files.toSorted()).toEqual(["gonogo.db", "gonogo.db-shm", "gonogo.db-wal"]);
    for (const file of files) expect((await stat(join(folder, "data", file))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "data"))).mode & 0o777).toBe(0o700);
  });

  test("says why it cannot be opened, as a failure of the store", async () => {
    path = folder;
    expect(await reasonOf(openSqlite({ path }))).toMatchObject({
      name: "StorageFailure",
      stored: "no",
      operation: expect.stringContaining("open SQLite file (SQLITE_CANTOPEN"),
    });
    path = join(folder, "text");
    await Bun.write(path, "not a database, but long enough to be looked at as if it were one. ".repeat(20));
    expect(await reasonOf(openSqlite({ path }))).toMatchObject({
      operation: "open SQLite file (SQLITE_NOTADB)",
    });
  });

  test("comes up in several processes that start at once on nothing, whatever folder they start in", async () => {
    const module = join(import.meta.dir, "../../src/adapters/drizzle/sqlite/open-sqlite.ts");
    const program = `
      const { openSqlite } = await import(${JSON.stringify(module)});
      const store = await openSqlite({ path: ${JSON.stringify(path)} });
      const applied = await store.migrator.up();
      await store.ping();
      await store.close();
      console.log(JSON.stringify(applied));`;
    const processes = [1, 2, 3, 4].map(() =>
      Bun.spawn([process.execPath, "-e", program], { cwd: folder, stdout: "pipe", stderr: "inherit" }),
    );
    const outputs = await Promise.all(processes.map((each) => new Response(each.stdout).json()));
    expect(await Promise.all(processes.map((each) => each.exited))).toEqual([0, 0, 0, 0]);
    const store = await open();
    const { applied, pending } = await store.migrator.status();
    expect(pending).toEqual([]);
    expect((outputs as string[][]).flat().toSorted()).toEqual([...applied]);
  });

  test("waits for another writer without stopping the event loop", async () => {
    const store = await open();
    const db = other();
    db.run("begin immediate");
    const row = record("system_config");
    const waiting = store.groups.commitGroup([changes([{ op: "insert", into: "system_config", row }])]);
    // Reading goes on meanwhile, and only a running loop can let the lock go.
    expect(await store.readers.configuration.byKey(row.key)).toBeNull();
    setTimeout(() => db.run("rollback"), 30);
    expect(await waiting).toEqual([{ type: "stored" }]);
    expect(await store.readers.configuration.byKey(row.key)).toEqual(row);
  });

  test("gives up on another writer at the deadline: nothing is stored", async () => {
    const store = await open({ busyDeadlineMs: 20 });
    const db = other();
    db.run("begin immediate");
    const row = record("system_config");
    const member = changes([{ op: "insert", into: "system_config", row }]);
    const reason = await reasonOf(store.groups.commitGroup([member]));
    expect(reason).toBeInstanceOf(StorageFailure);
    expect(reason).toMatchObject({ kind: "overloaded", stored: "no" });
    db.run("rollback");
    expect(await store.readers.configuration.byKey(row.key)).toBeNull();
    expect(await store.groups.commitGroup([member])).toEqual([{ type: "stored" }]);
  });

  test("a group that breaks off between two transactions is unknown, and sent again it is stored once", async () => {
    const store = await open({ busyDeadlineMs: 20, sliceMs: 0 });
    const db = other();
    const members = Array.from({ length: 50 }, () => changes([insert("keys")]));
    const running = reasonOf(store.groups.commitGroup(members));
    setTimeout(() => db.run("begin immediate"), 0);
    expect(await running).toMatchObject({ kind: "overloaded", stored: "unknown" });
    const stored = (await store.readers.audit.list(null, 100)).length;
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(50);
    db.run("rollback");
    expect(await store.groups.commitGroup(members)).toEqual(members.map(() => ({ type: "stored" })));
    expect(await store.readers.audit.list(null, 100)).toHaveLength(50);
  });

  test("keeps nothing of what was deleted", async () => {
    const store = await open();
    const marker = `marker-${crypto.randomUUID()}`;
    const row = record("system_config", { value: marker.repeat(200) });
    await store.groups.commitGroup([changes([{ op: "insert", into: "system_config", row }])]);
    await store.close();
    expect((await readFile(path)).includes(marker)).toBe(true);
    const again = await open();
    const deletion = { op: "delete", from: "system_config", id: row.key, version: 1 } as const;
    expect(await again.groups.commitGroup([changes([deletion])])).toEqual([{ type: "stored" }]);
    await again.close();
    expect(await readdir(join(folder, "data"))).toEqual(["gonogo.db"]);
    expect((await readFile(path)).includes(marker)).toBe(false);
  });

  test("tells of a failed read neither what was asked nor what was found", async () => {
    const store = await open();
    const canary = "canary-5f1c" as SubjectId;
    other().run("alter table subjects rename to moved");
    const reason = await reasonOf(store.readers.subjects.byId(canary));
    expect(reason).toMatchObject({ kind: "refused", stored: "no", operation: "subjects.byId" });
    expect(Bun.inspect(reason)).not.toContain(canary);
    expect((reason as Error).cause).toBeUndefined();
  });
});
