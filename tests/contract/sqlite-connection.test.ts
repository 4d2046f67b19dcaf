import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  openConnection,
  type SqliteConnection,
  unhurried,
} from "../../src/adapters/drizzle/sqlite/connection.ts";

const NORMAL = 1;
const FULL = 2;

describe("transactions that do not wait for the disk", () => {
  let folder = "";
  let connection: SqliteConnection;
  const level = (): unknown => connection.statement("pragma synchronous").values()[0]?.[0];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gonogo-connection-"));
    connection = await openConnection(join(folder, "gonogo.db"), 1_000, "mapped");
  });
  afterEach(async () => {
    connection.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("are those inside, every time, and those after them wait again", () => {
    for (let again = 0; again < 3; again += 1) {
      expect(level()).toBe(FULL);
      expect(unhurried(connection.db, level)).toBe(NORMAL);
    }
    expect(level()).toBe(FULL);
  });

  test("leave the others waiting when one fails", () => {
    const failing = () =>
      unhurried(connection.db, () => {
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect(level()).toBe(FULL);
  });
});
