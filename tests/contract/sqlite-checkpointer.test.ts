import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checkpointer, createCheckpointer } from "../../src/adapters/drizzle/sqlite/checkpointer.ts";
import {
  type DatabaseFile,
  databaseFile,
  openConnection,
  type SqliteConnection,
} from "../../src/adapters/drizzle/sqlite/connection.ts";

const ENOUGH = 12;

describe("the checkpointer of SQLite", () => {
  let folder = "";
  let path = "";
  let connection: SqliteConnection;
  let checkpointer: Checkpointer;
  let file: DatabaseFile;
  /** Some hundred pages. */
  const write = (): void => {
    connection.statement("insert into texts values (zeroblob(400000))").run();
  };
  /** Changes when the log begins anew. */
  const logSalt = (): string => readFileSync(`${path}-wal`).subarray(16, 24).toString("hex");
  const pages = (): number => statSync(path).size / 4_096;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gonogo-checkpointer-"));
    path = join(folder, "gonogo.db");
    connection = await openConnection(path, 1_000, "mapped");
    // Only the checkpointer copies here.
    connection.db.run("pragma wal_autocheckpoint = 0");
    connection.db.run("create table texts (text blob)");
    file = databaseFile(path);
    checkpointer = createCheckpointer(path, connection, file);
  });
  afterEach(async () => {
    await checkpointer.close();
    connection.close();
    await file.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    await rm(folder, { recursive: true, force: true });
  });

  const many = async (): Promise<void> => {
    for (let batch = 0; batch < ENOUGH; batch += 1) await checkpointer.written();
  };

  test("copies each batch while the next one runs, and is told of the next when it is copied", async () => {
    for (let batch = 1; batch < ENOUGH; batch += 1) {
      write();
      expect(await checkpointer.written()).toBe(0);
      expect(pages()).toBeGreaterThan((batch - 1) * 95);
    }
  });

  test("keeps commits of others from copying while batches come, and no longer", async () => {
    // Not kept: this pragma is answered when it is prepared.
    const copiedAt = (): number =>
      Number(connection.db.prepare("pragma wal_autocheckpoint").values()[0]?.[0]);
    await checkpointer.written();
    expect(copiedAt()).toBe(65_536);
    await checkpointer.close();
    expect(copiedAt()).toBe(4_000);
    await checkpointer.written();
    expect(copiedAt()).toBe(65_536);
  });

  test("copies the log to its end after some batches, so that the next commit begins it anew", async () => {
    write();
    for (let batch = 1; batch < ENOUGH; batch += 1) expect(await checkpointer.written()).toBe(0);
    const before = logSalt();
    const copying = checkpointer.written();
    // Somebody commits while the thread copies.
    write();
    expect(await copying).toBeGreaterThan(0);
    expect(pages()).toBeGreaterThan(190);
    write();
    expect(logSalt()).not.toBe(before);
  });

  test("ends while its thread copies, and may be told of batches afterwards", async () => {
    write();
    const copying = many();
    await checkpointer.close();
    await copying;
    write();
    await many();
    expect(pages()).toBeGreaterThan(190);
  });

  test("copies everything here where its thread fails", async () => {
    checkpointer = createCheckpointer(join(folder, "nothing.db"), connection, file);
    write();
    await many();
    expect(pages()).toBeGreaterThan(90);
  });
});
