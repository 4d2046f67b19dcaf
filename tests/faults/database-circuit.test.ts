import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { guardedLanes } from "../../src/adapters/drizzle/postgres/guarded-lanes.ts";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { makeOutsideCalls } from "../../src/adapters/resilience/outside-calls.ts";
import type { OutsideCalls } from "../../src/ports/outside-call.ts";
import type { Store } from "../../src/ports/store.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

const THRESHOLD = 3;

describe("the circuit of the database", () => {
  const events: string[] = [];
  const log = (event: string, { operation }: { readonly operation?: string } = {}) =>
    void events.push(`${event} ${operation ?? ""}`);
  let postgres: TestPostgres;
  let calls: OutsideCalls;
  let store: Store;

  beforeAll(async () => {
    postgres = await startPostgres({ dedicated: true });
    calls = makeOutsideCalls({
      failureThreshold: THRESHOLD,
      openSeconds: 60,
      logger: { info: log, warn: log, error: log },
    });
    store = await openPostgres({ url: postgres.url, outsideCalls: calls, poolSize: 2, giveUpMs: 500 });
    await store.ping();
  });
  afterAll(async () => {
    await store.close();
    await postgres.stop();
  });

  const failureOf = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => null,
      (failure: unknown) => failure,
    );

  test("opens while the server is away, says no row, and closes soon after it is back", async () => {
    expect(calls.state("database")).toBe("CLOSED");
    await postgres.kill("SIGKILL");
    for (let asked = 0; calls.state("database") === "CLOSED" && asked < 100; asked += 1) {
      expect(await failureOf(store.ping())).toBeInstanceOf(StorageFailure);
    }
    expect(calls.state("database")).toBe("OPEN");
    expect(await failureOf(store.ping())).toMatchObject({ kind: "lost", stored: "no" });

    await postgres.restart();
    for (let asked = 0; asked < 100; asked += 1) {
      if ((await failureOf(store.ping())) === null) break;
      await Bun.sleep(50);
    }
    await store.ping();
    expect(calls.state("database")).toBe("CLOSED");
    expect(events[0]).toBe("circuit_opened database");
    expect(events.at(-1)).toBe("circuit_closed database");
  });

  test("counts no answer of the server as its failure", async () => {
    const wrong = new URL(postgres.url);
    wrong.pathname = "/no_such_database";
    const events = new Set<string>();
    const lenient = makeOutsideCalls({
      failureThreshold: 1,
      openSeconds: 60,
      logger: { info: () => undefined, warn: (event) => void events.add(event), error: () => undefined },
    });
    const open = guardedLanes(lenient);
    const lane = { name: "test", connectTimeoutMs: 5_000, answerTimeoutMs: 5_000 };
    expect(await failureOf(open({ ...lane, url: wrong.href }))).toMatchObject({ code: "3D000" });
    expect(lenient.state("database")).toBe("CLOSED");
    expect([...events]).toEqual([]);
    await (await open({ ...lane, url: postgres.url })).close();
  });
});
