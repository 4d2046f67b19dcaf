import { expect, test } from "bun:test";
import postgres from "postgres";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { contradictions, type Held, prepareGround, tally } from "../support/commit-load.ts";
import { startCommitters } from "../support/commit-processes.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

const COMMITTERS = 64;

const holding = async (url: string): Promise<Held> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const idsOf = async (table: string) =>
      (await sql.unsafe<{ id: string }[]>(`select id from ${table}`)).map(({ id }) => id);
    const subjects = await sql.unsafe<{ id: string; version: string }[]>("select id, version from subjects");
    return {
      audits: await idsOf("audit_entries"),
      comments: await idsOf("comments"),
      subjects: subjects.map(({ id, version }) => ({ id, version: Number(version) })),
    };
  } finally {
    await sql.end();
  }
};

const prepare = async (server: TestPostgres) => {
  const store = await openPostgres({ url: server.url });
  await store.migrator.up();
  const ground = await prepareGround(store);
  await store.close();
  return ground;
};

const during = async (seconds: number, pause: () => number, trouble: () => Promise<unknown>) => {
  const until = performance.now() + seconds * 1_000;
  let times = 0;
  while (performance.now() < until) {
    await Bun.sleep(pause());
    await trouble();
    times += 1;
  }
  return times;
};

test(`backends killed at random under ${COMMITTERS} committers: nothing is lost, doubled or halved`, async () => {
  const server = await startPostgres();
  try {
    const ground = await prepare(server);
    const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
    const committers = await startCommitters({ store: { url: server.url }, committers: COMMITTERS, ground });
    const kills = await during(
      10,
      () => Math.random() * 120,
      () =>
        admin`select pg_terminate_backend(pid) from pg_stat_activity
              where application_name in ('gonogo writer', 'gonogo readers') and random() < 0.7`,
    );
    await admin.end();
    const loads = [await committers.stop()];
    console.log(`${kills} times backends killed:`, tally(loads));
    expect(contradictions(ground, loads, await holding(server.url))).toEqual([]);
    expect(tally(loads)["stored"]).toBeGreaterThan(100);
    expect(kills).toBeGreaterThan(20);
  } finally {
    await server.stop();
  }
}, 90_000);

test(`the server killed and started again under ${COMMITTERS} committers: nothing is lost, doubled or halved`, async () => {
  const server = await startPostgres({ dedicated: true });
  try {
    const ground = await prepare(server);
    const committers = await startCommitters({ store: { url: server.url }, committers: COMMITTERS, ground });
    const kills = await during(
      10,
      () => 800 + Math.random() * 800,
      async () => {
        await server.kill("SIGKILL");
        await Bun.sleep(Math.random() * 300);
        await server.restart();
      },
    );
    await Bun.sleep(500);
    const loads = [await committers.stop()];
    console.log(`${kills} times the server killed:`, tally(loads));
    expect(contradictions(ground, loads, await holding(server.url))).toEqual([]);
    expect(tally(loads)["stored"]).toBeGreaterThan(100);
    expect(kills).toBeGreaterThan(2);
  } finally {
    await server.stop();
  }
}, 90_000);

test("two processes on one database keep the laws of one: hot rows, taken ids, a rule that spans records", async () => {
  const server = await startPostgres();
  try {
    const ground = await prepare(server);
    const both = await Promise.all(
      [1, 2].map(() => startCommitters({ store: { url: server.url }, committers: 32, ground })),
    );
    await Bun.sleep(6_000);
    const loads = await Promise.all(both.map((each) => each.stop()));
    console.log("two processes:", tally(loads));
    expect(contradictions(ground, loads, await holding(server.url))).toEqual([]);
    for (const load of loads) expect(tally([load])["stored"]).toBeGreaterThan(100);
    expect(tally(loads)["conflict"]).toBeGreaterThan(100);
  } finally {
    await server.stop();
  }
}, 60_000);
