import { auditEntry, SYSTEM } from "../../src/domain/audit/audit-entry.ts";
import type { CommentStatus } from "../../src/domain/comments/comment.ts";
import type { UserRole } from "../../src/domain/roles/role.ts";
import type { SubjectStatus } from "../../src/domain/roles/subject.ts";
import type { Write } from "../../src/domain/shared/changes.ts";
import type { AuditEntryId, CommentId, ServiceCredentialId, SubjectId } from "../../src/domain/shared/ids.ts";
import { HOUR } from "../../src/domain/shared/instant.ts";
import { type TestServer, testServer } from "./http.ts";
import { type Posted, person, post, serviceToken } from "./http-people.ts";
import { receiptOf } from "./receipts.ts";
import { accepted } from "./service.ts";

/** The columns of the matrix: every kind of credential. */
export const WHO = [
  "nobody",
  "visitor",
  "commenter",
  "commenter by cookie",
  "moderator",
  "admin",
  "commenter narrowed to reading",
  "admin narrowed to posting",
  "restricted commenter",
  "service with scope",
  "service without scope",
  "edit token",
  "receipt",
  "bad bearer",
  "expired session",
  "revoked service",
  "erased commenter",
  "erased person's receipt",
] as const;

export type Who = (typeof WHO)[number];

/** Whose resource it is. */
export type Whose =
  | "own"
  | "own pending"
  | "another's"
  | "another's pending"
  | "a restricted person's"
  | "an erased person's";

export interface Actor {
  readonly headers: Readonly<Record<string, string>>;
  /** Null for who is no person, or none that can own anything. */
  readonly subject: SubjectId | null;
  /** Posts in the actor's name, whatever the credential itself is narrowed to. Null where there is no such person. */
  readonly author: string | null;
}

export interface World {
  readonly server: TestServer;
  readonly actors: Readonly<Record<Who, Actor>>;
  /** Somebody else's subject in this state. */
  readonly others: Readonly<Record<"another's" | "a restricted person's" | "an erased person's", SubjectId>>;
  /** For each actor a comment of its own to try on; missing where the actor cannot have one. */
  readonly comments: ReadonlyMap<Who, string>;
}

const store = async (server: TestServer, write: Write): Promise<void> => {
  const { deps } = server;
  const occasion = {
    now: deps.clock.now(),
    actor: SYSTEM,
    audit_id: deps.ids.next<AuditEntryId>(),
    retention: deps.policies.retention,
  };
  const told = auditEntry(
    "role.changed",
    null,
    { from: "commenter", to: "commenter", new_subject: false },
    occasion,
  );
  accepted(await deps.unitOfWork.commit({ expects: [], writes: [write], audit: [told] }));
};

const changeSubject = async (
  server: TestServer,
  id: SubjectId,
  set: { readonly status: SubjectStatus } | { readonly role: UserRole },
): Promise<void> => {
  const subject = await server.deps.readers.subjects.byId(id);
  if (subject === null) throw new Error("the subject is there");
  await store(server, { op: "update", in: "subjects", id, version: subject.version, set });
};

const changeComment = async (server: TestServer, id: string, status: CommentStatus): Promise<void> => {
  const found = await server.deps.readers.comments.byId(id as CommentId);
  if (found === null) throw new Error("the comment is there");
  const queued_at = status === "pending" ? server.deps.clock.now() : null;
  await store(server, {
    op: "update",
    in: "comments",
    id,
    version: found.comment.version,
    set: { status, queued_at },
  });
};

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

const none = (headers: Readonly<Record<string, string>>): Actor => ({ headers, subject: null, author: null });

/** A session of the platform's, narrowed; the same person has a full one to post with. */
const narrowed = async (
  server: TestServer,
  platform: string,
  user: string,
  role: UserRole,
  permissions: ("content:read" | "comments:post")[],
): Promise<Actor> => {
  const open = async (narrowTo: typeof permissions | null) => {
    const { data } = await server.client(platform).POST("/v1/sessions", {
      body: { external_user_id: user, permissions: narrowTo },
    });
    if (data === undefined) throw new Error("a session was opened");
    return data;
  };
  const full = await open(null);
  const subject = full.subject as SubjectId;
  await changeSubject(server, subject, { role });
  return { headers: bearer((await open(permissions)).token), subject, author: full.token };
};

const signedIn = async (server: TestServer, name: string, role: UserRole = "commenter"): Promise<Actor> => {
  const { token, subject } = await person(server, `${name}@example.org`, role);
  return { headers: bearer(token), subject: subject as SubjectId, author: token };
};

/** Somebody who shows the receipt of a decision; her session is there to post with. */
const byReceipt = async (server: TestServer, name: string): Promise<Actor> => {
  const actor = await signedIn(server, name);
  return { ...actor, headers: bearer(await receiptOf(server, actor.author ?? "")) };
};

const visitor = async (server: TestServer): Promise<Actor> => {
  const response = await server.request("POST", "/v1/consents", { json: { decisions: {}, method: "api" } });
  const cookie = response.headers.getSetCookie().find((each) => each.startsWith("gonogo_subject="));
  return none({ cookie: cookie?.split(";")[0] ?? "", origin: "http://localhost" });
};

const revoked = async (server: TestServer): Promise<Actor> => {
  const { credential, token } = accepted(
    await server.application.serviceCredentials.create("cli", { name: "old", scopes: ["sessions:create"] }),
  );
  const id: ServiceCredentialId = credential.id;
  await store(server, {
    op: "update",
    in: "service_credentials",
    id,
    version: credential.version,
    set: { revoked_at: server.deps.clock.now() },
  });
  return none(bearer(token));
};

/** Everybody, before anything of theirs is restricted or erased. */
const everybody = async (server: TestServer): Promise<Omit<Record<Who, Actor>, "edit token">> => {
  const expired = await signedIn(server, "expired");
  server.pass(25 * HOUR);
  const platform = await serviceToken(server, ["sessions:create"]);
  const byCookie = await signedIn(server, "cookie");
  return {
    nobody: none({}),
    visitor: await visitor(server),
    commenter: await signedIn(server, "commenter"),
    "commenter by cookie": {
      ...byCookie,
      headers: { cookie: `gonogo_session=${byCookie.author}`, origin: "http://localhost" },
    },
    moderator: await signedIn(server, "moderator", "moderator"),
    admin: await signedIn(server, "admin", "admin"),
    "commenter narrowed to reading": await narrowed(server, platform, "reader", "commenter", [
      "content:read",
    ]),
    "admin narrowed to posting": await narrowed(server, platform, "narrowed", "admin", ["comments:post"]),
    "restricted commenter": await signedIn(server, "restricted"),
    "service with scope": none(bearer(platform)),
    "service without scope": none(bearer(await serviceToken(server, ["consents:check"]))),
    "bad bearer": none(bearer(`gns_${"x".repeat(43)}`)),
    "expired session": { ...expired, author: null },
    "revoked service": await revoked(server),
    "erased commenter": { ...(await signedIn(server, "erased")), author: null },
    receipt: await byReceipt(server, "receipt"),
    "erased person's receipt": { ...(await byReceipt(server, "receipt-erased")), author: null },
  };
};

/** A fresh world in which every actor has one comment of this kind to try on. */
export const world = async (whose: Whose): Promise<World> => {
  const server = await testServer();
  const people = await everybody(server);
  const [another, restricted, erased] = [
    await signedIn(server, "another"),
    await signedIn(server, "another-restricted"),
    await signedIn(server, "another-erased"),
  ];
  const own: Posted = await post(server, another.author ?? "");
  const actors: Record<Who, Actor> = {
    ...people,
    "edit token": none(bearer(own.edit_token)),
  };

  const isOwn = whose === "own" || whose === "own pending";
  const other =
    { "a restricted person's": restricted, "an erased person's": erased }[whose as string] ?? another;
  const comments = new Map<Who, string>();
  for (const who of WHO) {
    const author = isOwn ? actors[who].author : other.author;
    if (isOwn && who === "edit token") comments.set(who, own.id);
    else if (author !== null) comments.set(who, (await post(server, author)).id);
  }
  if (whose.endsWith("pending")) {
    for (const id of comments.values()) await changeComment(server, id, "pending");
  }
  await changeSubject(server, subjectOf(actors["restricted commenter"]), { status: "restricted" });
  await changeSubject(server, subjectOf(restricted), { status: "restricted" });
  await changeSubject(server, subjectOf(actors["erased commenter"]), { status: "erased" });
  await changeSubject(server, subjectOf(actors["erased person's receipt"]), { status: "erased" });
  await changeSubject(server, subjectOf(erased), { status: "erased" });
  return {
    server,
    actors,
    others: {
      "another's": subjectOf(another),
      "a restricted person's": subjectOf(restricted),
      "an erased person's": subjectOf(erased),
    },
    comments,
  };
};

const subjectOf = ({ subject }: Actor): SubjectId => {
  if (subject === null) throw new Error("the actor is a person");
  return subject;
};
