// The people and programs around the canary, who speak with a running service over HTTP alone.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CANARY } from "./canary.ts";
import { type CanaryBrowser, openCanaryBrowser, type Sent } from "./canary-browser.ts";
import { type Environment, type RunningService, runCli } from "./process.ts";
import { readable, type TestSmtpServer } from "./smtp-server.ts";
import { openReceiver, type Receiver } from "./webhook-receiver.ts";
import { signer } from "./webhooks.ts";

const PATIENCE_MS = 20_000;

/** What it comes to, as soon as it is not null. Rejects where that takes too long. */
export const eventually = async <T>(what: string, look: () => Promise<T | null>): Promise<T> => {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    const found = await look();
    if (found !== null) return found;
    await Bun.sleep(50);
  }
  throw new Error(`waited in vain: ${what}`);
};

/** All mails that left, or that lie in the folder they are written to, as they are. */
export type Mails = () => Promise<readonly string[]>;

export const mailsIn =
  (folder: string): Mails =>
  async () => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml"));
    return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  };

export const mailsTaken =
  (smtp: TestSmtpServer): Mails =>
  async () =>
    smtp.taken.map(({ raw }) => raw);

export interface Somebody {
  readonly subject: string;
  readonly token: string;
  /** The JSON of an answer that must have this status. */
  ask(status: number, method: string, path: string, json?: unknown, more?: Sent["headers"]): Promise<never>;
}

export interface World {
  readonly url: string;
  readonly browser: CanaryBrowser;
  /** As `Somebody` asks, from her own browser. */
  hers(status: number, method: string, path: string, sent?: Sent): Promise<never>;
  /** The first group of the next mail to this address that has the pattern. */
  mailed(to: string, pattern: RegExp): Promise<string>;
  readonly admin: Somebody;
  readonly moderator: Somebody;
  readonly neighbour: Somebody;
  /** A key of the surrounding platform. */
  readonly platform: string;
  readonly recipient: Receiver;
  readonly recipientId: string;
}

const answered = (what: string, wanted: number, status: number, text: string): never => {
  if (status !== wanted) throw new Error(`${what}: ${status} instead of ${wanted}: ${text}`);
  return (text === "" || !/^[[{]/.test(text) ? text : JSON.parse(text)) as never;
};

const asking =
  (url: string, token: string | null): Somebody["ask"] =>
  async (status, method, path, json, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    return answered(`${method} ${path}`, status, response.status, await response.text());
  };

/** Told of everything, it acknowledges everything. */
const openRecipient = async (url: string, admin: Somebody) => {
  const told = Promise.withResolvers<string>();
  const recipient = await openReceiver(async (response, { headers }) => {
    response.writeHead(204).end();
    const body = JSON.stringify({ delivery_id: headers["webhook-id"] });
    const [id, timestamp] = [`msg_${crypto.randomUUID()}`, Math.floor(Date.now() / 1_000)];
    await asking(url, null)(204, "POST", "/v1/webhook-acknowledgements", JSON.parse(body), {
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signer.sign([await told.promise], { id, timestamp, body }),
    });
  });
  const events = ["subject.erased", "subject.rectified", "subject.restricted", "consent.changed"];
  const address = `http://127.0.0.1:${recipient.port}/hooks`;
  const json = { name: "Newsletter", url: address, events };
  const added: { id: string; secret: string } = await admin.ask(201, "POST", "/v1/admin/webhooks", json);
  told.resolve(added.secret);
  return { recipient, recipientId: added.id };
};

export const openWorld = async (
  { url }: RunningService,
  settings: Environment,
  mails: Mails,
): Promise<World> => {
  const spent = new Set<string>();
  const mailed: World["mailed"] = (to, pattern) =>
    eventually(`a mail with ${pattern}`, async () => {
      for (const raw of await mails()) {
        const [whole, group] = pattern.exec(readable(raw)) ?? [];
        if (whole === undefined || group === undefined || spent.has(whole)) continue;
        if (!new RegExp(`^To: ${to}\\r?$`, "m").test(raw)) continue;
        spent.add(whole);
        return group;
      }
      return null;
    });
  const signIn = async (email: string): Promise<Somebody> => {
    await asking(url, null)(202, "POST", "/v1/sign-in-links", { email });
    const link_token = await mailed(email, /#(gnl_[\w-]+)/);
    const { token, subject }: { token: string; subject: string } = await asking(url, null)(
      201,
      "POST",
      "/v1/sessions",
      { link_token },
    );
    return { subject, token, ask: asking(url, token) };
  };
  await runCli(settings, "admin", "add", "root@example.org");
  const [admin, moderator, neighbour] = await Promise.all([
    signIn("root@example.org"),
    signIn("mona@example.org"),
    signIn("otto@example.org"),
  ]);
  const office = `/v1/admin/subjects/${moderator.subject}/role`;
  await admin.ask(200, "PUT", office, { role: "moderator" }, { "if-match": "*" });
  const scopes = ["sessions:create"];
  const platform: { token: string } = await admin.ask(201, "POST", "/v1/admin/service-credentials", {
    name: "platform",
    scopes,
  });
  const browser = openCanaryBrowser((path, init) => fetch(url + path, init));
  return {
    url,
    browser,
    hers: async (status, method, path, sent) => {
      const answer = await browser.she(method, path, sent);
      return answered(`${method} ${path}`, status, answer.status, answer.text);
    },
    mailed,
    admin,
    moderator,
    neighbour,
    platform: platform.token,
    ...(await openRecipient(url, admin)),
  };
};

/** An export of another comment system in which she speaks (isso). */
export const exportOfHers = (text: string): string =>
  JSON.stringify([
    {
      id: "/2023/old-post/",
      title: "Old post",
      comments: [
        {
          id: 0,
          author: CANARY.name,
          email: CANARY.email,
          website: `https://${CANARY.externalId}.example/`,
          remote_addr: CANARY.ip,
          created: "2023-04-01 08:00:00",
          text,
          mode: 1,
        },
      ],
    },
  ]);
