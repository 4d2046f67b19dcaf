import { afterEach, beforeEach, expect, test } from "bun:test";
import postgres from "postgres";
import { watchConfiguration } from "../../src/adapters/drizzle/postgres/configuration-watch.ts";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import type { Changes } from "../../src/domain/shared/changes.ts";
import type { ConfigurationListener, ConfigurationWatch } from "../../src/ports/configuration-watch.ts";
import type { Store } from "../../src/ports/store.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { changes, insert, record } from "../support/records.ts";

let server: TestPostgres;
let store: Store;
let admin: postgres.Sql;
let watch: ConfigurationWatch | null = null;
let told = 0;
const troubles: unknown[] = [];

const LISTENER: ConfigurationListener = {
  changed: () => {
    told += 1;
  },
  deaf: (failure) => void troubles.push(failure),
};

beforeEach(async () => {
  server = await startPostgres({ dedicated: true });
  store = await openPostgres({ url: server.url });
  await store.migrator.up();
  admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  told = 0;
  troubles.length = 0;
});

afterEach(async () => {
  await watch?.close();
  watch = null;
  await admin.end({ timeout: 0 });
  await store.close();
  await server.stop();
});

const until = async (what: string, so: () => boolean | Promise<boolean>): Promise<void> => {
  for (let looks = 0; looks < 500; looks += 1) {
    if (await so()) return;
    await Bun.sleep(20);
  }
  throw new Error(`never: ${what}`);
};

const listen = async (): Promise<void> => {
  watch = watchConfiguration({ url: server.directUrl, connectTimeoutMs: 2_000, heartbeatMs: 500 }, LISTENER);
  await until("it listens", () => told === 1);
};

const commit = async (member: Changes): Promise<string | undefined> =>
  (await store.groups.commitGroup([member])).map(({ type }) => type)[0];

/** Notifications come in the order of commits: with one more behind them, all are heard, and then none is left. */
const heardSince = async (before: number, expected: number): Promise<number> => {
  await admin`notify gonogo_configuration`;
  await until("the last one is heard", () => told > before + expected);
  await Bun.sleep(50);
  return told - before - 1;
};

const watchers = async (): Promise<number> =>
  (await admin`select pid from pg_stat_activity where application_name = 'gonogo watch'`).length;

test("every way of changing configuration is told with its commit, and nothing else is", async () => {
  await listen();
  const row = record("system_config", { key: "flags.enable_comments", value: "false" });
  const steps: readonly [Changes, string, number][] = [
    [changes([{ op: "insert", into: "system_config", row }]), "stored", 1],
    [
      changes([
        { op: "update", in: "system_config", id: row.key, version: row.version, set: { value: "true" } },
      ]),
      "stored",
      1,
    ],
    [changes([insert("subjects")]), "stored", 0],
    [changes([{ op: "delete", from: "system_config", id: row.key, version: row.version + 1 }]), "stored", 1],
  ];
  for (const [member, outcome, heard] of steps) {
    const before = told;
    expect(await commit(member)).toBe(outcome);
    expect(await heardSince(before, heard)).toBe(heard);
  }
  const before = told;
  await expect(
    admin.begin(async (sql) => {
      await sql`update system_config set value = 'rolled back'`;
      throw new Error("rolled back");
    }),
  ).rejects.toThrow("rolled back");
  expect(await heardSince(before, 0)).toBe(0);
  expect(troubles).toEqual([]);
});

test("a killed connection is made again, and what it missed may have been something", async () => {
  await listen();
  for (let kills = 1; kills <= 3; kills += 1) {
    const before = told;
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gonogo watch'`;
    await until("it tells that it listens again", () => told > before);
    expect(troubles).toHaveLength(kills);
    const again = told;
    expect(await commit(changes([insert("system_config")]))).toBe("stored");
    await until("it hears the commit", () => told > again);
  }
});

test("a server that is away for a while is waited for", async () => {
  await listen();
  await server.kill("SIGKILL");
  await until("it says so", () => troubles.length > 2);
  const before = told;
  await server.restart();
  await until("it listens again", () => told > before);
  const again = told;
  expect(await commit(changes([insert("system_config")]))).toBe("stored");
  await until("it hears the commit", () => told > again);
});

test("once closed it tells nothing and holds no connection, whenever it is closed", async () => {
  await listen();
  expect(await watchers()).toBe(1);
  await watch?.close();
  await until("its connection is gone", async () => (await watchers()) === 0);
  const before = told;
  expect(await commit(changes([insert("system_config")]))).toBe("stored");
  const early = watchConfiguration({ url: server.directUrl }, LISTENER);
  await early.close();
  await until("that connection is gone too", async () => (await watchers()) === 0);
  expect([told, troubles]).toEqual([before, []]);
});
