// The canary lives through every feature of a running service, asks over HTTP to be forgotten, and is. Then her name,
// address, IP, user agent, id elsewhere and words are searched for as bytes in all that the service keeps or hands out.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { betrayals } from "../support/canary.ts";
import { asksForErasure, type Breaking, type Life, liveThrough } from "../support/canary-life.ts";
import {
  betrayedInAnswers,
  betrayedInDump,
  betrayedInRedis,
  betrayedInStaging,
  betrayedUnder,
  METRICS_TOKEN,
} from "../support/canary-places.ts";
import {
  eventually,
  type Mails,
  mailsIn,
  mailsTaken,
  openWorld,
  type World,
} from "../support/canary-world.ts";
import { POSTGRES_15, startPostgres15, type TestPostgres } from "../support/postgres.ts";
import { type Environment, type RunningService, runCli, startService } from "../support/process.ts";
import { redisServer, startRedis, type TestRedis } from "../support/redis.ts";
import { SECRET } from "../support/restoring.ts";
import { startSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";

const program = redisServer();
if (program === null) console.log("LEFT OUT: the erased canary in Redis: redis-server is not installed");

interface Site {
  readonly service: RunningService;
  readonly settings: Environment;
  readonly redis: TestRedis | null;
  /** All that the service may write to: database, logs, ledger and its heads, outbox, keys. */
  readonly own: string;
  /** Files of it that hold her while she lives; the log of SQLite is emptied into the file now and then. */
  readonly holding: readonly string[];
  readonly mails: Mails;
  /** Where mails lie without a mail server. */
  readonly outbox?: string;
  /** Runs a statement in the service's database. */
  readonly change: (statement: string) => Promise<unknown>;
}

const isSqlite = ({ DATABASE_URL = "" }: Environment): boolean => DATABASE_URL.startsWith("sqlite:");

const openSite = async (
  folder: string,
  {
    database,
    ...site
  }: Omit<Site, "service" | "settings" | "redis" | "own"> & { readonly database: Environment },
): Promise<Site> => {
  const own = join(folder, "own");
  await mkdir(own);
  const redis = program === null ? null : await startRedis(program);
  const settings: Environment = {
    SECRET_KEY: SECRET,
    LOG_DIR: join(own, "data/logs"),
    ERASURE_LEDGER_DIR: join(own, "ledger"),
    ERASURE_LEDGER_HEADS_DIR: join(own, "heads"),
    TRUSTED_PROXIES: "127.0.0.1",
    WEBHOOK_ALLOW_PRIVATE: "true",
    METRICS_TOKEN,
    // Days, not none: what she takes back again must not have begun by then.
    ANONYMIZATION_DELAY_DAYS: "2",
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
    ...database,
  };
  return { ...site, service: await startService(settings, { folder: own }), settings, redis, own };
};

const breakingBy =
  (change: Site["change"]): Breaking =>
  async (meanwhile) => {
    await change("alter table comments rename to comments_gone");
    await meanwhile();
    await change("alter table comments_gone rename to comments");
  };

/** She lives, and is found where she must be and nowhere else: so the search finds, and something is lost afterwards. */
const lives = async (site: Site, folder: string) => {
  const world = await openWorld(site.service, site.settings, site.mails);
  const { change, settings } = site;
  const breaking = breakingBy(change);
  const life = await liveThrough(world, settings, { folder, breaking, refusals: isSqlite(settings) });
  expect(betrayals(life.archive.toString())).toContain("hansi");
  expect(Object.keys(await betrayedInAnswers(world)).toSorted()).toEqual([
    "/v1/admin/privacy-requests",
    "imported thread",
    "neighbour's archive",
    "queue",
    "thread",
  ]);
  const kept = Object.keys(await betrayedUnder(site.own)).map((name) => name.replace(/[^/]*\.eml$/, "*.eml"));
  expect([...new Set(kept)].filter((name) => !name.endsWith(".db")).toSorted()).toEqual([...site.holding]);
  return { world, life };
};

const isErased = async ({ admin }: World, request: string): Promise<void> => {
  const done = await eventually("an erasure", async () => {
    const found: { state: string; hindrance: string | null } = await admin.ask(
      200,
      "GET",
      `/v1/privacy-requests/${request}`,
    );
    return found.state === "completed" || found.hindrance !== null ? found : null;
  });
  expect(done).toMatchObject({
    state: "completed",
    hindrance: null,
    statement: null,
    subject: expect.any(String),
  });
};

/** She is gone from all that the service keeps in files of its own, writes, shares and hands out. */
const isNowhere = async ({ service, settings, redis, own }: Site, world: World, folder: string) => {
  expect(await betrayedUnder(own)).toEqual({});
  expect(betrayals(service.output())).toEqual([]);
  expect(await betrayedInAnswers(world)).toEqual({});
  // The same rows whatever they come from.
  if (isSqlite(settings)) expect(await betrayedInStaging(settings, folder)).toEqual({});
  if (redis === null) return;
  const { found, planted, count } = await betrayedInRedis(redis.url);
  expect(found).toEqual({});
  expect(Object.keys(planted)).toEqual(["planted"]);
  expect(count).toBeGreaterThan(0);
};

const LAST_LETTER = "Subject: Your data were erased";

/** The last letter tells her that it was done. Once it is sent it is hers: where no mail server is set it lies in the outbox. */
const herLettersLeave = async ({ service, mails, outbox }: Site): Promise<void> => {
  await eventually("an empty outbox", async () => {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    const text = await (await fetch(`${service.url}/metrics`, { headers })).text();
    return /^gonogo_mail_outbox_length 0$/m.test(text) ? true : null;
  });
  expect((await mails()).filter((mail) => mail.includes(LAST_LETTER))).toHaveLength(1);
  if (outbox === undefined) return;
  for (const name of await readdir(outbox)) {
    const path = join(outbox, name);
    if ((await readFile(path, "utf8")).includes(LAST_LETTER)) await rm(path);
  }
};

const theirDatesCome = ({ change }: Site) =>
  change(`update privacy_requests set effective_at = ${Date.now()} where state = 'scheduled'`);

const isForgotten = async (site: Site, folder: string, world: World, life: Life): Promise<void> => {
  const requests = await asksForErasure(world, life);
  await theirDatesCome(site);
  for (const request of requests) await isErased(world, request);
  // Otto still has what is his, and the recipient was told.
  const thread: { items: { content: string }[] } = await world.neighbour.ask(
    200,
    "GET",
    "/v1/threads/birds/comments",
  );
  expect(thread.items.map(({ content }) => content)).toContain(
    "<p>Vielen Dank für diesen schönen Beitrag.</p>",
  );
  await eventually("an acknowledgement", async () => {
    const path = `/v1/admin/webhooks/${world.recipientId}/deliveries?limit=100`;
    const told: { items: { event: string; acknowledged_at: string | null }[] } = await world.admin.ask(
      200,
      "GET",
      path,
    );
    const erased = told.items.filter(({ event }) => event === "subject.erased");
    return erased.length === 2 && erased.every((each) => each.acknowledged_at !== null) ? true : null;
  });
  await herLettersLeave(site);
  await isNowhere(site, world, folder);
  await world.recipient.close();
};

describe.concurrent("an erased person", () => {
  const folders: string[] = [];
  const open: Site[] = [];
  let smtp: TestSmtpServer;
  let server: TestPostgres | { readonly reason: string };

  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), "gonogo-canary-erased-"));
    folders.push(folder);
    return folder;
  };

  beforeAll(async () => {
    smtp = await startSmtpServer();
    server = await startPostgres15({ dedicated: true });
    if ("reason" in server) console.log(`LEFT OUT: the erased canary in PostgreSQL 15: ${server.reason}`);
  });

  afterAll(async () => {
    for (const { service, redis } of open) {
      await service.kill();
      await redis?.stop();
    }
    await smtp.kill();
    if (!("reason" in server)) await server.stop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  test("is in no byte of SQLite and of all else, without a restart", async () => {
    const folder = await newFolder();
    const path = join(folder, "own/data/gonogo.db");
    const change = async (statement: string) => {
      using database = new Database(path);
      database.run("pragma busy_timeout = 5000");
      database.run(statement);
    };
    const site = await openSite(folder, {
      database: { DATABASE_URL: `sqlite:///${path}` },
      mails: mailsIn(join(folder, "own/data/outbox")),
      outbox: join(folder, "own/data/outbox"),
      holding: ["data/gonogo.db-wal", "data/outbox/*.eml"],
      change,
    });
    open.push(site);
    const { world, life } = await lives(site, folder);
    await isForgotten(site, folder, world, life);
  }, 120_000);

  test("is in no byte of a dump of PostgreSQL, and after maintenance in none of its files", async () => {
    if ("reason" in server) return;
    const { url } = server;
    const folder = await newFolder();
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    const change = (statement: string) => sql.unsafe(statement);
    const site = await openSite(folder, {
      database: { DATABASE_URL: url, SMTP_URL: smtp.url },
      mails: mailsTaken(smtp),
      holding: [],
      change,
    });
    open.push(site);
    const [{ directory, oid } = {}] = await sql`
      select setting as directory, (select oid from pg_database where datname = current_database())
      from pg_settings where name = 'data_directory'`;
    // What the server's own log of changes keeps until it is recycled, docs/erasure.md tells; other databases are not ours.
    const inTables = () =>
      betrayedUnder(
        String(directory),
        (name) => !/^pg_wal\//.test(name) && (!name.startsWith("base/") || name.startsWith(`base/${oid}/`)),
      );

    const { world, life } = await lives(site, folder);
    await sql`analyze`;
    await sql`checkpoint`;
    expect(Object.keys(await betrayedInDump(POSTGRES_15, url))).toEqual(["dump"]);
    expect(Object.keys(await inTables())).not.toEqual([]);

    await isForgotten(site, folder, world, life);
    expect(await betrayedInDump(POSTGRES_15, url)).toEqual({});
    await sql.end();
    await runCli(site.settings, "erasure", "maintenance");
    expect(await inTables()).toEqual({});
    await world.neighbour.ask(200, "GET", "/v1/threads/birds/comments");
  }, 120_000);
});
