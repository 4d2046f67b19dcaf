import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningService, runCli, startService } from "../support/process.ts";
import { scopesOf } from "./document.ts";
import { openMailbox } from "./mailbox.ts";

export const KINDS = [
  "nobody",
  "bad bearer",
  "unknown session",
  "ended session",
  "visitor",
  "receipt",
  "commenter",
  "commenter by mail",
  "moderator",
  "admin",
  "admin narrowed to posting",
  "service",
] as const;

export type Kind = (typeof KINDS)[number];

export type Header = readonly [name: string, value: string];

interface Opened {
  readonly token: string;
  readonly subject: string;
}

interface Session {
  readonly token: string;
  readonly kind: Kind;
  /** Of who signed in by mail: she is signed in again, because strangers may not be while registration is off. */
  readonly email?: string;
}

/** Everybody who asks. Who signs out is replaced. */
export interface People {
  /** Headers of one of these; `byCookie` as a browser sends them. */
  as(kind: Kind, pick: number, byCookie: boolean): readonly Header[];
  /** Headers of a program with this scope, or with any but this. */
  service(scope: string, having: boolean): readonly Header[];
  /** Tells that a credential was refused; a session that ended is replaced. */
  refused(headers: readonly Header[]): Promise<void>;
  /** Ids that no request may be about. */
  readonly own: ReadonlySet<string>;
}

export interface Stage {
  readonly service: RunningService;
  readonly document: unknown;
  readonly people: People;
  /** Mails that were written since the last time, to others than the fuzzer's own people. */
  newMails(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const ROOT = "root@example.org";
const SESSIONS_OF_A_KIND = 5;
const LINK = /#(gnl_[\w-]+)/;

const bearer = (token: string): readonly Header[] => [["Authorization", `Bearer ${token}`]];

/** Starts the real service on a fresh SQLite database, with somebody of every kind. */
export const setStage = async (): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-fuzz-"));
  const settings = {
    DATABASE_URL: `sqlite:///${join(folder, "gonogo.db")}`,
    CORS_ORIGINS: "https://www.example.org",
    COMMENT_MODERATION: "post",
  };
  await runCli(settings, "admin", "add", ROOT);
  const service = await startService(settings);
  const { url } = service;

  const call = async <T>(
    method: string,
    path: string,
    token: string | null,
    body?: object,
    more = {},
  ): Promise<T> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  const mailbox = openMailbox(join(folder, "outbox"));
  const signIn = async (email: string): Promise<Opened> => {
    const mail = mailbox.next(email, LINK);
    await call("POST", "/v1/sign-in-links", null, { email });
    return call("POST", "/v1/sessions", null, { link_token: LINK.exec(await mail)?.[1] });
  };

  const document = await call<unknown>("GET", "/docs/json", null);
  const root = await signIn(ROOT);
  const own = new Set([root.subject]);

  const programs = new Map<string, string>();
  for (const scope of scopesOf(document)) {
    const body = { name: "the fuzzer's own", scopes: [scope] };
    const made = await call<{ id: string; token: string }>(
      "POST",
      "/v1/admin/service-credentials",
      root.token,
      body,
    );
    own.add(made.id);
    programs.set(scope, made.token);
  }

  let opened = 0;
  const openSession = async (kind: Kind, known?: string): Promise<Session> => {
    opened += 1;
    if (kind === "commenter by mail") {
      const email = known ?? `own${opened}@example.org`;
      return { token: (await signIn(email)).token, kind, email };
    }
    const user = { external_user_id: `the fuzzer's own ${opened}` };
    const platform = programs.get("sessions:create") ?? "";
    const { token, subject } = await call<Opened>("POST", "/v1/sessions", platform, user);
    own.add(subject);
    if (kind !== "commenter") {
      const role = kind === "moderator" ? "moderator" : "admin";
      await call("PUT", `/v1/admin/subjects/${subject}/role`, root.token, { role }, { "if-match": "*" });
    }
    if (kind !== "admin narrowed to posting") return { token, kind };
    const narrowed = { ...user, permissions: ["comments:post"] };
    return { token: (await call<{ token: string }>("POST", "/v1/sessions", platform, narrowed)).token, kind };
  };

  const sessions = new Map<Kind, Session[]>();
  for (const kind of [
    "commenter",
    "commenter by mail",
    "moderator",
    "admin",
    "admin narrowed to posting",
  ] as const) {
    const opening = Array.from({ length: SESSIONS_OF_A_KIND }, () => openSession(kind));
    sessions.set(kind, await Promise.all(opening));
  }
  // How often she whose comment is decided on has an address is left to chance, and only her mail has a link that stops it.
  const told = await signIn("told@example.org");
  const comment = { content: "Hello", author_name: "Erika", gdpr_consent: true };
  const { id } = await call<{ id: string }>("POST", "/v1/threads/told/comments", told.token, comment);
  const removal = { decision: "remove" };
  await call("POST", `/v1/comments/${id}/moderation`, root.token, removal, { "if-match": "*" });
  const ended = ["gns_"];

  const visitors: string[] = [];
  const receipts: string[] = [];
  for (let n = 0; n < SESSIONS_OF_A_KIND; n += 1) {
    const response = await fetch(`${url}/v1/consents`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ decisions: {}, method: "api" }),
    });
    visitors.push(
      response.headers
        .getSetCookie()
        .find((each) => each.startsWith("gonogo_subject="))
        ?.split(";")[0] ?? "",
    );
    receipts.push(((await response.json()) as { receipt: string }).receipt);
  }

  const browser = (cookie: string): readonly Header[] => [
    ["Cookie", cookie],
    ["Origin", "https://www.example.org"],
  ];
  const pick = <T>(list: readonly T[], n: number, otherwise: T): T =>
    list[n % Math.max(1, list.length)] ?? otherwise;
  const tokenOf = (headers: readonly Header[]): string =>
    headers.map(([, value]) => /gns_[\w-]+/.exec(value)?.[0]).find((each) => each !== undefined) ?? "";

  return {
    service,
    document,
    newMails: mailbox.others,
    people: {
      own,
      as: (kind, n, byCookie) => {
        const token = (session: string) =>
          byCookie ? browser(`gonogo_session=${session}`) : bearer(session);
        switch (kind) {
          case "nobody":
            return [];
          case "bad bearer":
            return bearer("gns_not-a-token");
          case "unknown session":
            return token(`gns_${n.toString(36).padEnd(42, "A")}A`);
          case "ended session":
            return token(pick(ended, n, ""));
          case "receipt":
            return bearer(pick(receipts, n, ""));
          case "visitor":
            return browser(pick(visitors, n, ""));
          case "service":
            return bearer(pick([...programs.values()], n, ""));
          default:
            return token(pick(sessions.get(kind) ?? [], n, { token: "", kind }).token);
        }
      },
      service: (scope, having) =>
        bearer([...programs].find(([each]) => (each === scope) === having)?.[1] ?? ""),
      refused: async (headers) => {
        const token = tokenOf(headers);
        for (const [kind, known] of sessions) {
          const at = known.findIndex((each) => each.token === token);
          if (at === -1) continue;
          const [gone] = known.splice(at, 1);
          ended.push(token);
          if (ended.length > 50) ended.shift();
          known.push(await openSession(kind, gone?.email));
        }
      },
    },
    close: async () => {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
