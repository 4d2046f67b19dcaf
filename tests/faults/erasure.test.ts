// After an erasure the person is searched for as bytes, in everything that the service keeps.
import { expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { openOwnedFiles } from "../../src/adapters/owned-files/owned-files.ts";
import { eraseSubject } from "../../src/app/erasure/erase-subject.ts";
import type { Store } from "../../src/ports/store.ts";
import { CANARY, inBytes } from "../support/canary.ts";
import { makeScene } from "../support/erasable.ts";
import { startPostgres } from "../support/postgres.ts";
import { testService } from "../support/service.ts";

const filesUnder = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** The files of a folder that hold something of hers, and what. */
const betrayed = async (folder: string): Promise<Readonly<Record<string, readonly string[]>>> => {
  const found: Record<string, readonly string[]> = {};
  for (const path of await filesUnder(folder)) {
    const spelled = inBytes(await readFile(path));
    if (spelled.length > 0) found[path.slice(folder.length)] = spelled;
  }
  return found;
};

const lived = async (store: Store, folder: string) => {
  const service = await testService({
    store,
    ownedFiles: openOwnedFiles({
      outbox: join(folder, "outbox"),
      logs: join(folder, "logs"),
      data: folder,
      database: join(folder, "gonogo.db"),
    }),
  });
  return { service, scene: await makeScene(service) };
};

test("SQLite: 0 bytes of her in the file and its log, without a restart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-erasure-"));
  const store = await openSqlite({ path: join(folder, "gonogo.db") });
  try {
    const { service, scene } = await lived(store, folder);
    expect(Object.keys(await betrayed(folder)).length).toBeGreaterThan(0);
    const outcome = await eraseSubject(service.deps)({ subject: scene.her, comments: "remove_text" });
    expect(outcome).toMatchObject({ type: "done" });
    expect(await betrayed(folder)).toEqual({});
    // What others wrote is still there.
    expect((await service.deps.readers.comments.byId(scene.reply))?.comment.content).toBe(
      "<p>&gt; […].</p><p>Liebe […], das finde ich auch.</p>",
    );
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);

test("PostgreSQL: nothing of her in any column; after maintenance 0 bytes in tables and statistics", async () => {
  const server = await startPostgres({ dedicated: true });
  const folder = await mkdtemp(join(tmpdir(), "gonogo-erasure-"));
  const store = await openPostgres({ url: server.url });
  try {
    const { service, scene } = await lived(store, folder);
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
    const everything = async (): Promise<string> => {
      const tables = await sql`select tablename from pg_tables where schemaname = current_schema()`;
      const rows = [];
      for (const { tablename } of tables)
        rows.push(await sql`select t::text from ${sql(String(tablename))} t`);
      return JSON.stringify(rows);
    };
    expect(inBytes(Buffer.from(await everything())).length).toBeGreaterThan(0);
    await sql`analyze`;
    const outcome = await eraseSubject(service.deps)({ subject: scene.her, comments: "remove_text" });
    expect(outcome).toMatchObject({ type: "done" });
    expect(inBytes(Buffer.from(await everything()))).toEqual([]);
    expect(await store.physicalErasure.maintain()).toEqual({ complete: true });
    const [{ directory } = {}] =
      await sql`select setting as directory from pg_settings where name = 'data_directory'`;
    await sql.end();
    expect(await betrayed(join(String(directory), "base"))).toEqual({});
  } finally {
    await store.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

test("the search would find her", () => {
  for (const text of [CANARY.name, CANARY.email, CANARY.text]) {
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(text.toLowerCase()),
      Buffer.from(Buffer.from(`xy${text}zz`).toString("base64")),
      Buffer.from(Buffer.from(text).toString("hex")),
      Buffer.from(text, "utf16le"),
      Buffer.from(text, "utf16le").swap16(),
    ]) {
      expect(inBytes(Buffer.concat([Buffer.from([0, 1]), bytes, Buffer.from([0])])).length).toBeGreaterThan(
        0,
      );
    }
  }
});
