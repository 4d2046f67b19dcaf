// The canary asks a real process: what it writes to its log files, to its output and to Redis holds nothing of hers.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { openMailbox } from "../fuzz/mailbox.ts";
import { betrayals, CANARY, inBytes } from "../support/canary.ts";
import { type CanaryBrowser, openCanaryBrowser } from "../support/canary-browser.ts";
import { type Environment, type RunningService, runCli, startService } from "../support/process.ts";
import { redisServer, startRedis, type TestRedis } from "../support/redis.ts";

const THREAD = `/v1/threads/${encodeURIComponent(`/about/${CANARY.name}/`)}/comments`;
const COMMENT = {
  content: CANARY.text,
  author_name: CANARY.name,
  author_email: CANARY.email,
  gdpr_consent: true,
};

const program = redisServer();
let folder = "";
let redis: TestRedis | null = null;
let settings: Environment = {};
let service: RunningService;
let browser: CanaryBrowser;

const inFolder = (name: string): string => join(folder, name);
const logged = (): string =>
  readdirSync(inFolder("logs"))
    .map((name) => readFileSync(join(inFolder("logs"), name), "utf8"))
    .join("");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gonogo-canary-"));
  redis = program === null ? null : await startRedis(program);
  settings = {
    DATABASE_URL: `sqlite:///${inFolder("gonogo.db")}`,
    LOG_DIR: inFolder("logs"),
    TRUSTED_PROXIES: "127.0.0.1",
    COMMENT_MODERATION: "post",
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
  };
  service = await startService(settings);
  browser = openCanaryBrowser((path, init) => fetch(service.url + path, init));
});

afterAll(async () => {
  await service.kill();
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const LINK = /#(gnl_[\w-]+)/;

/** Signs in by the mailed link, posts, decides. */
const signedIn = async (): Promise<string> => {
  const { she } = browser;
  const arriving = openMailbox(inFolder("outbox")).next(CANARY.email, LINK);
  await she("POST", "/v1/sign-in-links", { json: { email: CANARY.email } });
  const mail = await arriving;
  // What is found nowhere below is in the mail that is hers.
  expect(betrayals(mail)).not.toEqual([]);
  const link_token = LINK.exec(mail)?.[1];
  const opened = await she("POST", "/v1/sessions", { json: { link_token } });
  const { token } = opened.json() as { token: string };
  const posted = await she("POST", THREAD, { token, json: COMMENT });
  const decided = await she("POST", "/v1/consents", { token, json: { decisions: {}, method: "api" } });
  expect([opened.status, posted.status, decided.status]).toEqual([201, 201, 201]);
  return token;
};

let token = "";
beforeAll(async () => {
  token = await signedIn();
});

if (program === null) {
  console.log("LEFT OUT: the canary in Redis: redis-server is not installed");
} else {
  test("no key and no value of Redis holds anything of hers", async () => {
    const client = new Redis(redis?.url ?? "");
    const { she } = browser;
    // Redis is tried anew when it was once too slow; then everything is counted there.
    for (let keys = 0; keys < 3; keys = await client.dbsize()) {
      await she("POST", "/v1/sign-in-links", { json: { email: CANARY.email } });
      await she("GET", "/v1/sessions/current", { token });
      await she("GET", THREAD);
      await she("POST", "/v1/consents", { json: { decisions: {}, method: "api" } });
    }
    const kept = await client.keys("*");
    expect(kept.length).toBeGreaterThanOrEqual(3);
    for (const key of kept) {
      const [type, value] = [await client.type(key), await client.getBuffer(key)];
      // A key may end while it is looked at.
      expect([type, inBytes(Buffer.from(key)), inBytes(value ?? Buffer.alloc(0))]).toEqual([
        value === null ? "none" : "string",
        [],
        [],
      ]);
    }
    client.disconnect();
  });
}

test("nor do the log files, the output, and what cli support finds of problems she caused", async () => {
  const { she } = browser;
  const gone = await she("GET", `/v1/comments/${encodeURIComponent(CANARY.email)}?who=${CANARY.name}`);
  const wrong = await she("POST", THREAD, { token, json: { ...COMMENT, author_email: CANARY.name } });
  // What the database says of a statement that fails names the statement, and what was put into it.
  const database = new Database(inFolder("gonogo.db"));
  database.run("ALTER TABLE comments RENAME TO comments_gone");
  const broken = await she("GET", THREAD);
  const unstored = await she("POST", THREAD, { token, json: COMMENT });
  database.run("ALTER TABLE comments_gone RENAME TO comments");
  database.close();
  expect([gone, wrong, broken, unstored].map(({ status }) => status)).toEqual([404, 422, 500, 500]);

  for (const { text, status } of [gone, wrong, broken, unstored]) {
    const { support_id } = JSON.parse(text) as { support_id: string };
    const found = await runCli(settings, "support", support_id);
    expect([found.includes(support_id), found.includes(String(status))]).toEqual([true, true]);
    expect([found, betrayals(found)]).toEqual([found, []]);
    expect([text, betrayals(text)]).toEqual([text, []]);
  }
  for (const line of [...logged().split("\n"), ...service.output().split("\n")])
    expect([line, betrayals(line)]).toEqual([line, []]);
  expect(logged()).toContain("unhandled_exception");
}, 60_000);
