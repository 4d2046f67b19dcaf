import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { createReaderPool } from "../../src/adapters/drizzle/postgres/reader-pool.ts";
import { groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import type { Store } from "../../src/ports/store.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { changes, insert, record } from "../support/records.ts";

let server: TestPostgres;
/** Two writing lanes, as two processes have them. */
let one: Store;
let other: Store;

beforeAll(async () => {
  server = await startPostgres();
  one = await openPostgres({ url: server.url, lockTimeoutMs: 100 });
  other = await openPostgres({ url: server.url, lockTimeoutMs: 100 });
  await one.migrator.up();
});

afterAll(async () => {
  await one.close();
  await other.close();
  await server.stop();
});

const aSubject = async () => {
  const subject = record("subjects");
  await one.groups.commitGroup([changes([{ op: "insert", into: "subjects", row: subject }])]);
  return subject;
};

const promotion = (id: ReturnType<typeof record<"subjects">>["id"]) =>
  changes([{ op: "update", in: "subjects", id, version: 1, set: { role: "moderator" } }]);

/** Holds the lock of a subject, as somebody at a terminal would, until `release`. */
const holdLock = async (id: string) => {
  const sql = postgres(server.url, { max: 1 });
  const released = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = sql.begin(async (transaction) => {
    await transaction`select 1 from subjects where id = ${id} for update`;
    held.resolve();
    await released.promise;
  });
  await held.promise;
  return {
    release: async () => {
      released.resolve();
      await holding;
      await sql.end();
    },
  };
};

test("a record that somebody else holds on to holds up its own member, and not the group", async () => {
  const held = await aSubject();
  const free = await Promise.all(Array.from({ length: 40 }, aSubject));
  const { release } = await holdLock(held.id);
  const unitOfWork = groupCommit(one.groups);
  const stuck = unitOfWork.commit(promotion(held.id)).catch((error: unknown) => error);
  const others = free.map(({ id }) => unitOfWork.commit(promotion(id)));
  expect((await Promise.all(others)).every(({ ok }) => ok)).toBe(true);
  expect(await stuck).toMatchObject({ kind: "overloaded", stored: "no", sqlState: "55P03" });
  await release();
  expect((await unitOfWork.commit(promotion(held.id))).ok).toBe(true);
  await unitOfWork.close();
}, 30_000);

test("a record that is let go of in time is waited for", async () => {
  const held = await aSubject();
  const { release } = await holdLock(held.id);
  const committed = one.groups.commitGroup([promotion(held.id)]);
  await Bun.sleep(200);
  await release();
  expect((await committed).map(({ type }) => type)).toEqual(["stored"]);
}, 30_000);

test("a record that must stay absent stays absent, whichever process makes it", async () => {
  for (let turn = 0; turn < 60; turn += 1) {
    const [left, right] = [insert("keys"), insert("keys")];
    const unless = (mine: typeof left, theirs: typeof left) =>
      changes([mine], [{ in: "keys", id: theirs.row.id, version: "absent" }]);
    const verdicts = await Promise.all([
      one.groups.commitGroup([unless(left, right)]),
      other.groups.commitGroup([unless(right, left)]),
    ]);
    expect(verdicts.flat().filter(({ type }) => type === "stored")).toHaveLength(1);
    expect(verdicts.flat().filter(({ type }) => type === "conflict")).toHaveLength(1);
  }
}, 30_000);

test("groups that want the same new records in opposite orders both end", async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    const wanted = Array.from({ length: 20 }, () => insert("keys"));
    const taking = (list: typeof wanted) => list.map((each) => changes([each]));
    const [mine, theirs] = await Promise.all([
      one.groups.commitGroup(taking(wanted)),
      other.groups.commitGroup(taking(wanted.toReversed())),
    ]);
    const winners = [...mine, ...theirs].filter(({ type }) => type === "stored");
    expect(winners).toHaveLength(wanted.length);
    expect([...mine, ...theirs].filter(({ type }) => type === "conflict")).toHaveLength(wanted.length);
  }
}, 60_000);

test("readers that find no connection free are refused when too many wait, or wait for too long", async () => {
  const lane = { url: server.url, name: "gonogo tests", connectTimeoutMs: 5_000, answerTimeoutMs: 60_000 };
  const refused = { name: "StorageFailure", kind: "overloaded", stored: "no" };
  const held = await aSubject();
  const { release } = await holdLock(held.id);
  const hold = () =>
    pool.values("select id from subjects where id = $1 for update", [held.id]).then((rows) => rows.length);
  const pool = createReaderPool(lane, 2, { waitingMax: 3, waitingMsMax: 500 });
  const holding = [hold(), hold()];
  const waiting = Promise.allSettled([1, 2, 3].map(() => pool.values("select 1", [])));
  await expect(pool.values("select 1", [])).rejects.toMatchObject(refused);
  for (const each of await waiting) expect(each).toMatchObject({ status: "rejected", reason: refused });
  await release();
  expect(await Promise.all(holding)).toEqual([1, 1]);
  // Their places were given back to nobody: all of the pool is there again.
  expect(await Promise.all([1, 2, 3, 4, 5].map(() => pool.values("select 1", [])))).toHaveLength(5);
  await pool.close();
});
