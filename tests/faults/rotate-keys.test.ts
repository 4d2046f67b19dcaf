import { expect, test } from "bun:test";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { startPostgres } from "../support/postgres.ts";
import { freePort } from "../support/process.ts";
import { onSqlite, type RotationUnderLoad, rotateUnderLoad } from "../support/rotate-under-load.ts";

const VALUES = 5_000;
const VISITORS = 6;

const expectRotated = ({ found, filled, failures, rotating, said, known }: RotationUnderLoad): void => {
  const [first, second, last] = found;
  // Each death left some under either key, nothing half-written, and the next run went on from there.
  expect(first.current).toBeGreaterThan(0);
  expect(second.current).toBeGreaterThan(first.current);
  expect(second.old).toBeGreaterThan(0);
  expect(second.old).toBeLessThan(first.old);
  for (const { wrong, versions, finished } of [first, second]) {
    expect(wrong).toEqual([]);
    expect([...versions].toSorted()).toEqual([1, 2]);
    expect(finished).toBe(0);
  }
  const { old, wrong, versions, finished } = last;
  expect({ old, wrong, versions: [...versions], finished }).toEqual({
    old: 0,
    wrong: [],
    versions: [2],
    finished: 1,
  });
  expect(said).toMatch(/^Done\. Every value is under SECRET_KEY and opens/m);
  expect(failures).toEqual([]);
  expect(rotating.length).toBeGreaterThan(0);
  expect(known).toEqual({
    visitor: true,
    session: true,
    names: filled.names.length,
    admin: "This address is an admin already.",
  });
};

test(`SQLite: keys rotated over ${VALUES} values under load, killed twice: all is readable with the new key alone`, async () => {
  expectRotated(await onSqlite((store) => rotateUnderLoad(store, VALUES, VISITORS, 1)));
}, 180_000);

test(`PostgreSQL: keys rotated over ${VALUES} values under load, killed twice: all is readable with the new key alone`, async () => {
  const server = await startPostgres();
  try {
    // Nobody takes mail there: it stays, is put off again and again, and is encrypted anew between.
    const settings = { DATABASE_URL: server.url, SMTP_URL: `smtp://127.0.0.1:${await freePort()}` };
    const open = () => openPostgres({ url: server.url });
    expectRotated(await rotateUnderLoad({ settings, open }, VALUES, VISITORS, 1));
  } finally {
    await server.stop();
  }
}, 180_000);
