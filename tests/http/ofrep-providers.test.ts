// The official OpenFeature providers, as they are published, against the service as a process of its own.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature as ServerOpenFeature } from "@openfeature/server-sdk";
import { type Provider, ProviderEvents, OpenFeature as WebOpenFeature } from "@openfeature/web-sdk";
import { FEATURE_FLAGS, type FeatureFlag } from "../../src/domain/configuration/feature-flags.ts";
import { type RunningService, runCli, startService } from "../support/process.ts";

const FLAGS = Object.keys(FEATURE_FLAGS) as FeatureFlag[];
const PERSON = "zwiebelfisch@example.org";
const CONTEXT = { targetingKey: PERSON, email: PERSON, plan: { since: new Date(0), seats: 0 } };

/** What the requirement leaves: a change is seen within five seconds. */
const SEEN_MS = 5_000;
const LOOK_MS = 100;

let directory: string;
let service: RunningService;
let credential: string;
let admin: string;

const send = (method: string, path: string, json: object, headers: Record<string, string> = {}) =>
  fetch(`${service.url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(json),
  });

/** Looks until it is so, a bounded number of times. */
const until = async (what: string, so: () => Promise<boolean> | boolean): Promise<void> => {
  for (let looks = 0; looks < SEEN_MS / LOOK_MS; looks += 1) {
    if (await so()) return;
    await Bun.sleep(LOOK_MS);
  }
  throw new Error(`not within ${SEEN_MS} ms: ${what}`);
};

const turn = async (flag: FeatureFlag, enabled: boolean): Promise<void> => {
  const path = `/v1/admin/flags/${flag}`;
  const headers = { authorization: `Bearer ${admin}` };
  const tag = (await fetch(`${service.url}${path}`, { headers })).headers.get("etag");
  const put = await send("PUT", path, { enabled }, tag === null ? headers : { ...headers, "if-match": tag });
  expect([flag, put.status]).toEqual([flag, 200]);
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gonogo-ofrep-"));
  const settings = {
    DATABASE_URL: `sqlite:///${join(directory, "gonogo.db")}`,
    RATE_LIMIT_PER_MINUTE: "100000",
  };
  credential = (await runCli(settings, "credential", "add", "site", "consents:check")).split("\n")[0] ?? "";
  await runCli(settings, "admin", "add", "admin@example.org");
  service = await startService(settings);
  await send("POST", "/v1/sign-in-links", { email: "admin@example.org" });
  const link = () => /#(gnl_[\w-]+)/.exec(service.output())?.[1];
  await until("the sign-in link was mailed", () => link() !== undefined);
  const signedIn = await send("POST", "/v1/sessions", { link_token: link() });
  admin = ((await signedIn.json()) as { token: string }).token;
});

afterAll(async () => {
  await ServerOpenFeature.close();
  await WebOpenFeature.close();
  await service.stop();
  await rm(directory, { recursive: true, force: true });
});

test("the server provider evaluates all five flags, each time anew", async () => {
  const headers = { Authorization: `Bearer ${credential}` };
  await ServerOpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: service.url, headers }));
  const client = ServerOpenFeature.getClient();
  const seen = async (flag: FeatureFlag, wanted: boolean): Promise<boolean> =>
    (await client.getBooleanValue(flag, !wanted, CONTEXT)) === wanted;

  for (const flag of FLAGS) {
    const wanted = FEATURE_FLAGS[flag];
    const details = await client.getBooleanDetails(flag, !wanted, CONTEXT);
    expect(details).toMatchObject({ flagKey: flag, value: wanted, reason: "STATIC" });
    await turn(flag, !wanted);
    await until(`${flag} is ${!wanted}`, () => seen(flag, !wanted));
    await turn(flag, wanted);
    await until(`${flag} is ${wanted} again`, () => seen(flag, wanted));
  }

  expect(await client.getBooleanDetails("enable_everything", true)).toMatchObject({
    value: true,
    errorCode: "FLAG_NOT_FOUND",
  });
  expect(await client.getStringDetails("enable_comments", "x")).toMatchObject({
    value: "x",
    errorCode: "TYPE_MISMATCH",
  });
  // A type that JSON knows and the context may not take: refused in words the provider understands.
  const wrong = { targetingKey: 1 } as unknown as typeof CONTEXT;
  expect(await client.getBooleanDetails("enable_comments", false, wrong)).toMatchObject({
    value: false,
    errorCode: "INVALID_CONTEXT",
  });
});

test("the web provider keeps all five flags, is told 304 while nothing changes, and sees what does", async () => {
  const answers: { readonly status: number; readonly tag: string | null }[] = [];
  const provider = new OFREPWebProvider({
    baseUrl: service.url,
    headers: [["X-API-Key", credential]],
    cacheMode: "disabled",
    pollInterval: 200,
    fetchImplementation: async (request: Request) => {
      const answer = await fetch(request);
      answers.push({ status: answer.status, tag: answer.headers.get("etag") });
      return answer;
    },
  });
  await WebOpenFeature.setContext(CONTEXT);
  // Its published types leave `hooks` undefined where the SDK's, read strictly, leave it out.
  await WebOpenFeature.setProviderAndWait(provider as Provider);
  const client = WebOpenFeature.getClient();
  for (const flag of FLAGS) {
    const details = client.getBooleanDetails(flag, !FEATURE_FLAGS[flag]);
    expect(details).toMatchObject({ flagKey: flag, value: FEATURE_FLAGS[flag], reason: "STATIC" });
  }

  await until("two refreshes were 304", () => answers.filter(({ status }) => status === 304).length >= 2);
  const before = answers[0]?.tag;
  expect(answers.map(({ status }) => status)).toEqual([200, ...answers.slice(1).map(() => 304)]);
  expect(new Set(answers.map(({ tag }) => tag))).toEqual(new Set([before ?? "no tag"]));

  const changes: string[] = [];
  client.addHandler(ProviderEvents.ConfigurationChanged, () => void changes.push("changed"));
  for (const flag of FLAGS) {
    const wanted = !FEATURE_FLAGS[flag];
    await turn(flag, wanted);
    await until(`${flag} is ${wanted}`, () => client.getBooleanValue(flag, !wanted) === wanted);
  }
  expect(changes.length).toBeGreaterThan(0);
  await until("refreshes are 304 again", () => answers.at(-1)?.status === 304);
  expect(answers.at(-1)?.tag).not.toBe(before ?? null);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 304]));
});

test("the web provider gives up on a credential that is refused", async () => {
  const provider = new OFREPWebProvider({
    baseUrl: service.url,
    headers: [["X-API-Key", "gnk_wrong"]],
    cacheMode: "disabled",
  });
  await expect(provider.initialize(CONTEXT)).rejects.toMatchObject({ code: "PROVIDER_FATAL" });
});

test("nothing of the context was written down", () => {
  expect(service.output()).toContain("/ofrep/v1/evaluate/flags");
  expect(service.output()).not.toContain(PERSON);
});
