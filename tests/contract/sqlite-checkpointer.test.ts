import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checkpointer, createCheckpointer } from "../../src/adapters/drizzle/sqlite/checkpointer.ts";
import { openConnection, type SqliteConnection } from "../../src/adapters/drizzle/sqlite/connection.ts";

const ENOUGH = 8;

describe("the checkpointer of SQLite", () => {
  let folder = "";
  let path = "";
  let connection: SqliteConnection;
  let checkpointer: Checkpointer;
  /** Some hundred pages. */
  const write = (): void => {
    connection.statement("insert into texts values (zeroblob(400000))").run();
  };
  /** Changes when the log begins anew. */
  const logSalt = (): string => readFileSync(`${path}-wal`).subarray(16, 24).toString("hex");
  const copied = async (pages: number): Promise<void> => {
    while (statSync(path).size < pages * 4_096) await Bun.sleep(5);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gonogo-checkpointer-"));
    path = join(folder, "gonogo.db");
    connection = await openConnection(path, 1_000);
    // Only the checkpointer copies here.
    connection.db.run("pragma wal_autocheckpoint = 0");
    connection.db.run("create table texts (text blob)");
    checkpointer = createCheckpointer(path, connection);
  });
  afterEach(async () => {
    await checkpointer.close();
    connection.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    await rm(folder, { recursive: true, force: true });
  });

  test("has a thread copy the log after some batches, and the rest copied where the next one begins", async () => {
    write();
    for (let batch = 1; batch < ENOUGH; batch += 1) checkpointer.written();
    checkpointer.copyRest();
    await Bun.sleep(30);
    expect(statSync(path).size).toBeLessThan(4_096 * 10);
    checkpointer.written();
    await copied(90);
    const before = logSalt();
    write();
    // What the thread has copied by itself does not end the log.
    expect(logSalt()).toBe(before);
    while (statSync(path).size < 180 * 4_096) {
      checkpointer.copyRest();
      await Bun.sleep(5);
    }
    write();
    expect(logSalt()).not.toBe(before);
  });

  test("ends while its thread copies, and may be told of batches afterwards", async () => {
    write();
    for (let batch = 0; batch < ENOUGH; batch += 1) checkpointer.written();
    await checkpointer.close();
    for (let batch = 0; batch < ENOUGH; batch += 1) checkpointer.written();
    await copied(90);
    checkpointer.copyRest();
  });

  test("copies everything here where its thread fails", async () => {
    await checkpointer.close();
    checkpointer = createCheckpointer(join(folder, "nothing.db"), connection);
    write();
    for (let batch = 0; batch < ENOUGH; batch += 1) checkpointer.written();
    while (statSync(path).size < 90 * 4_096) {
      checkpointer.copyRest();
      await Bun.sleep(5);
    }
  });
});
