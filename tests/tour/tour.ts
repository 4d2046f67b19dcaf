// `bun run tour`: one person's whole way through the real service, on a throw-away database, told in plain words. The
// client is generated from the document that the running service serves.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import createClient from "openapi-fetch";
import type { paths } from "../support/http-api.ts";
import { runCli, startService } from "../support/process.ts";

let steps = 0;
const step = (text: string): void => console.log(`\n${String(++steps).padStart(2)}. ${text}`);
const tell = (text: string): void => console.log(`    ${text}`);

/** The data of an answer that must be a success. */
const must = <T>(answer: { readonly data?: T; readonly error?: unknown; readonly response: Response }): T => {
  if (!answer.response.ok) {
    throw new Error(`${answer.response.url}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data as T;
};

const client = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  createClient<paths>({ baseUrl: url, headers: { ...headers, origin: url } });

type Client = ReturnType<typeof client>;

/** Name and value of a cookie that an answer sets. */
const cookieOf = (response: Response, name: string): string => {
  const found = response.headers.getSetCookie().find((each) => each.startsWith(`${name}=`));
  if (found === undefined) throw new Error(`the answer sets no cookie ${name}`);
  return found.split(";")[0] ?? "";
};

/** Waits for the mail that was just asked for and answers the token of its link. */
const linkFrom = async (outbox: string, seen: Set<string>): Promise<string> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const files = (await readdir(outbox).catch(() => [])).filter(
      (file) => file.endsWith(".eml") && !seen.has(file),
    );
    for (const file of files) {
      seen.add(file);
      const mail = (await readFile(join(outbox, file), "utf8")).replaceAll("=\r\n", "");
      const token = mail.match(/#(gnl_[\w-]+)/)?.[1];
      if (token !== undefined) return token;
    }
    await Bun.sleep(50);
  }
  throw new Error("no mail came within ten seconds");
};

const signIn = async (url: string, anonymous: Client, email: string, outbox: string, seen: Set<string>) => {
  must(await anonymous.POST("/v1/sign-in-links", { body: { email } }));
  const link_token = await linkFrom(outbox, seen);
  const session = must(await anonymous.POST("/v1/sessions", { body: { link_token } }));
  return { session, client: client(url, { authorization: `Bearer ${session.token}` }) };
};

const tour = async (
  url: string,
  settings: Readonly<Record<string, string>>,
  directory: string,
): Promise<void> => {
  const outbox = join(directory, "outbox");
  const seen = new Set<string>();
  const anonymous = client(url);
  const thread = "/blog/on-owls/";

  step("The client of this tour is generated from the service's own OpenAPI document.");
  const document = (await (await fetch(`${url}/docs/json`)).json()) as { paths: object };
  const committed: unknown = await Bun.file(resolve(import.meta.dir, "../../docs/openapi.json")).json();
  if (!isDeepStrictEqual(document, committed)) {
    throw new Error("docs/openapi.json is not what the service serves: bun run openapi");
  }
  tell(`${Object.keys(document.paths).length} paths, as documented at ${url}/docs`);

  step(
    "A visitor comes to the site. Nothing is stored and no cookie is set; she is shown what is asked of her.",
  );
  const shown = await anonymous.GET("/v1/consent-policy", { params: { query: { lang: "de" } } });
  const policy = must(shown);
  if (shown.response.headers.getSetCookie().length > 0) throw new Error("looking set a cookie");
  tell(
    `Policy ${policy.version} in ${policy.language}: “${policy.title}”, proved by hash ${policy.notice_hash.slice(0, 12)}…`,
  );
  for (const purpose of policy.purposes) tell(`- ${purpose.type}: ${purpose.title}`);

  step("She allows functional storage and refuses the rest.");
  const decided = await anonymous.POST("/v1/consents", {
    body: {
      decisions: { functional: true, marketing: false },
      notice_token: policy.notice_token,
      method: "banner",
    },
  });
  must(decided);
  const visitor = client(url, { cookie: cookieOf(decided.response, "gonogo_subject") });
  const current = must(await visitor.GET("/v1/consents/current"));
  for (const [purpose, standing] of Object.entries(current.purposes)) {
    tell(`- ${purpose}: ${standing.granted ? "go" : "no-go"} (${standing.reason})`);
  }

  step("She withdraws: one request, no form, no account. The next question gets the new answer.");
  must(
    await visitor.POST("/v1/consents/withdrawals", {
      body: { purposes: ["functional"], method: "settings" },
    }),
  );
  const after = must(await visitor.GET("/v1/consents/current"));
  tell(
    `functional: ${after.purposes.functional.granted ? "go" : "no-go"} (${after.purposes.functional.reason})`,
  );
  const history = must(await visitor.GET("/v1/consents/history"));
  tell(`Her history keeps both: ${history.items.map(({ event }) => event).join(" after ")}`);

  step("She wants to comment, so she signs in by a mailed link; there is no password.");
  const ada = await signIn(url, anonymous, "ada@example.org", outbox, seen);
  tell(
    `She is ${ada.session.subject}, a random pseudonym, and a ${ada.session.role} until ${ada.session.expires_at}`,
  );

  step("She posts. Script is cut out, the rest stays; the comment waits for a moderator.");
  const posted = must(
    await ada.client.POST("/v1/threads/{thread}/comments", {
      params: { path: { thread } },
      body: {
        content: "Owls are <strong>quiet</strong>.<script>alert('boo')</script>",
        author_name: "Ada Quillfeather",
        gdpr_consent: true,
      },
    }),
  );
  tell(`${posted.status}: ${posted.content}`);
  const hidden = must(await anonymous.GET("/v1/threads/{thread}/comments", { params: { path: { thread } } }));
  tell(`The public sees ${hidden.items.length} comments.`);

  step("The operator makes an admin on the command line; the admin signs in and approves.");
  tell((await runCli({ ...settings, PUBLIC_URL: url }, "admin", "add", "root@example.org")).trim());
  const admin = await signIn(url, anonymous, "root@example.org", outbox, seen);
  const queue = must(await admin.client.GET("/v1/moderation/queue"));
  tell(
    `The queue holds ${queue.items.length}: “${queue.items[0]?.content}” by ${queue.items[0]?.author_name}`,
  );
  must(
    await admin.client.POST("/v1/comments/{id}/moderation", {
      params: { path: { id: posted.id } },
      body: { decision: "approve" },
    }),
  );

  step("Somebody else answers; the answer is approved and stands under hers.");
  const bob = await signIn(url, anonymous, "bob@example.org", outbox, seen);
  const reply = must(
    await bob.client.POST("/v1/threads/{thread}/comments", {
      params: { path: { thread } },
      body: {
        content: "Not the ones in my garden.",
        author_name: "Bob Barnswallow",
        parent_id: posted.id,
        gdpr_consent: true,
      },
    }),
  );
  must(
    await admin.client.POST("/v1/comments/{id}/moderation", {
      params: { path: { id: reply.id } },
      body: { decision: "approve" },
    }),
  );
  const listed = must(await anonymous.GET("/v1/threads/{thread}/comments", { params: { path: { thread } } }));
  for (const root of listed.items) {
    tell(`${root.author_name}: ${root.content}`);
    for (const each of root.replies) tell(`${"  ".repeat(each.depth)}↳ ${each.author_name}: ${each.content}`);
  }

  step("She mends her comment; against an old version the service refuses rather than overwrites.");
  const read = await ada.client.GET("/v1/comments/{id}", { params: { path: { id: posted.id } } });
  const etag = read.response.headers.get("etag") ?? "";
  const edit = (ifMatch: string, content: string) =>
    ada.client.PATCH("/v1/comments/{id}", {
      params: { path: { id: posted.id }, header: { "If-Match": ifMatch } },
      body: { content },
    });
  tell(`Edited: ${must(await edit(etag, "Most owls are quiet.")).content}`);
  const stale = await edit(etag, "Written over something newer");
  tell(`Once more with the old version: ${stale.response.status} ${stale.error?.code}`);

  step("A reader reports a comment; it comes back to the queue.");
  must(
    await anonymous.POST("/v1/comments/{id}/reports", {
      params: { path: { id: reply.id } },
      body: { reason: "Off topic" },
    }),
  );
  tell(`The queue holds ${must(await admin.client.GET("/v1/moderation/queue")).items.length} again.`);

  step("She removes her comment. Its text is gone; its place stays, because somebody answered.");
  const latest = await ada.client.GET("/v1/comments/{id}", { params: { path: { id: posted.id } } });
  const removed = await ada.client.DELETE("/v1/comments/{id}", {
    params: { path: { id: posted.id }, header: { "If-Match": latest.response.headers.get("etag") ?? "" } },
  });
  must(removed);
  const left = must(await anonymous.GET("/v1/threads/{thread}/comments", { params: { path: { thread } } }));
  tell(
    `${left.items[0]?.status}: ${left.items[0]?.content ?? "(nothing)"}, with ${left.items[0]?.replies.length} reply`,
  );

  step("She signs out everywhere. Her token is worth nothing now.");
  must(await ada.client.DELETE("/v1/sessions"));
  const refused = await ada.client.GET("/v1/sessions/current");
  tell(`${refused.response.status} ${refused.error?.code}: ${refused.error?.error}`);
};

const directory = await mkdtemp(join(tmpdir(), "gonogo-tour-"));
const settings = { DATABASE_URL: `sqlite:///${join(directory, "gonogo.db")}`, GDPR_MODE: "development" };
try {
  const service = await startService(settings);
  console.log(`The service runs on ${service.url} with a database of its own, which goes with the tour.`);
  await tour(service.url, settings, directory);
  if ((await service.stop()) !== 0) throw new Error("the service did not end by itself");
  console.log(`\nThat was all: ${steps} steps, every one over HTTP. The database is thrown away.`);
} finally {
  await rm(directory, { recursive: true, force: true });
}
