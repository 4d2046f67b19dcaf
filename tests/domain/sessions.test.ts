import { describe, expect, test } from "bun:test";
import type { Permission } from "../../src/domain/roles/role.ts";
import type { Subject } from "../../src/domain/roles/subject.ts";
import {
  endAllSessions,
  endSession,
  isLive,
  newSession,
  openSession,
  type Session,
  sessionPermissions,
} from "../../src/domain/sessions/session.ts";
import { checkSignInLink, newSignInLink, type SignInLink } from "../../src/domain/sessions/sign-in-link.ts";
import type { KeyedHash, Sealed, SessionId, SignInLinkId } from "../../src/domain/shared/ids.ts";
import { HOUR, MINUTE } from "../../src/domain/shared/instant.ts";
import { ADA, after, hash, id, occasion, subject, T0 } from "./given.ts";

const wanted = (narrowedTo: readonly Permission[] | null = null, number = 0x5e) => ({
  id: id<SessionId>(number),
  token_hash: hash("1"),
  narrowedTo,
  hours: 24,
});

const session = (fields: Partial<Session> = {}): Session => ({
  ...newSession(subject(), wanted(), T0),
  ...fields,
});

describe("a session", () => {
  test("lasts 24 hours, absolute, and may be deleted once over", () => {
    expect(session()).toMatchObject({
      subject_id: ADA,
      expires_at: after(24 * HOUR),
      retention_until: after(24 * HOUR),
      ended_at: null,
      permissions: null,
      version: 1,
    });
    expect(newSession(subject(), { ...wanted(), hours: 1 }, T0).expires_at).toBe(after(HOUR));
  });

  test.each([
    ["the moment it was made", {}, {}, 0, true],
    ["the last millisecond", {}, {}, 24 * HOUR - 1, true],
    ["its end", {}, {}, 24 * HOUR, false],
    ["after its end", {}, {}, 25 * HOUR, false],
    ["ended by hand", { ended_at: T0 }, {}, 1, false],
    ["ended at a moment that a set-back clock has not reached", { ended_at: after(HOUR) }, {}, 1, false],
    ["of a restricted subject", {}, { status: "restricted" }, 1, true],
    ["of an erased subject", {}, { status: "erased" }, 1, false],
    ["made before signing out everywhere", {}, { sessions_valid_from: after(1) }, 2, false],
    ["made at the moment from which sessions count", {}, { sessions_valid_from: T0 }, 2, true],
    [
      "made after signing out everywhere",
      { created_at: after(5) },
      { sessions_valid_from: after(1) },
      6,
      true,
    ],
  ] as readonly (readonly [string, Partial<Session>, Partial<Subject>, number, boolean])[])(
    "%s",
    (_, fields, of, at, live) => {
      expect(isLive(session(fields), subject(of), after(at))).toBe(live);
    },
  );

  test("holds what the role allows today, less what it was narrowed to", () => {
    const narrowed = newSession(subject(), wanted(["content:read", "comments:moderate"]), T0);
    expect(sessionPermissions(session(), subject({ role: "moderator" }))).toEqual([
      "content:read",
      "comments:post",
      "comments:moderate",
    ]);
    expect(sessionPermissions(narrowed, subject({ role: "moderator" }))).toEqual([
      "content:read",
      "comments:moderate",
    ]);
    expect(sessionPermissions(narrowed, subject({ role: "commenter" }))).toEqual(["content:read"]);
  });

  test("ends in one write that rests on its version", () => {
    expect(endSession(session({ version: 2 }), occasion(after(HOUR)))).toMatchObject({
      writes: [
        {
          op: "update",
          in: "sessions",
          id: session().id,
          version: 2,
          set: { ended_at: after(HOUR), updated_at: after(HOUR) },
        },
      ],
      audit: [{ action: "session.ended", details: '{"everywhere":false}' }],
    } as never);
  });

  test("ends everywhere in one write on the subject: this very millisecond's sessions too", () => {
    const changes = endAllSessions(subject({ version: 4 }), session(), occasion(after(HOUR)));
    expect(changes).toMatchObject({
      writes: [
        { op: "update", in: "subjects", id: ADA, version: 4, set: { sessions_valid_from: after(HOUR + 1) } },
      ],
      audit: [{ action: "session.ended", details: '{"everywhere":true}' }],
    } as never);
    const until = subject({ sessions_valid_from: after(HOUR + 1) });
    const made = (at: number): Session => newSession(subject(), wanted(), after(at));
    expect([0, HOUR, HOUR + 1].map((at) => isLive(made(at), until, after(HOUR + 1)))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe("signing in", () => {
  const related = {
    expects: [],
    writes: [],
    replaced: null,
    told: { via: "link", new_subject: false },
  } as const;

  test("opens a session and says how", () => {
    const { session: opened, changes } = openSession(subject(), wanted(), related, occasion());
    expect(opened.subject_id).toBe(ADA);
    expect(changes.writes).toEqual([{ op: "insert", into: "sessions", row: opened }]);
    expect(changes.audit[0]).toMatchObject({
      action: "session.created",
      resource_id: opened.id,
      details: '{"new_subject":false,"via":"link"}',
    } as never);
  });

  test("ends the session that was in use until now, in the same commit", () => {
    const replaced = session({ id: id<SessionId>(0x01d), version: 3 });
    const { changes } = openSession(subject(), wanted(), { ...related, replaced }, occasion(after(HOUR)));
    expect(changes.writes[1]).toEqual({
      op: "update",
      in: "sessions",
      id: replaced.id,
      version: 3,
      set: { ended_at: after(HOUR), updated_at: after(HOUR) },
    });
  });

  test("stores what comes with it first, and rests on what it was decided on", () => {
    const { changes } = openSession(
      subject(),
      wanted(),
      {
        ...related,
        expects: [{ in: "subjects", id: ADA, version: 1 }],
        writes: [{ op: "update", in: "sign_in_links", id: "x", version: 1, set: { used_at: T0 } }],
      },
      occasion(),
    );
    expect(changes.expects).toEqual([{ in: "subjects", id: ADA, version: 1 }]);
    expect(changes.writes.map(({ op }) => op)).toEqual(["update", "insert"]);
  });
});

describe("a sign-in link", () => {
  const address = { email_index: hash<KeyedHash>("2"), email_ciphertext: "v1.x.y" as Sealed };
  const link = (fields: Partial<SignInLink> = {}): SignInLink => ({
    ...newSignInLink(id<SignInLinkId>(0x11), address, hash("3"), null, T0),
    ...fields,
  });

  test("is good for 15 minutes and may be deleted then", () => {
    expect(link()).toMatchObject({
      expires_at: after(15 * MINUTE),
      retention_until: after(15 * MINUTE),
      used_at: null,
    });
  });

  test.each([
    ["fresh", link(), 0, true],
    ["at the last millisecond", link(), 15 * MINUTE - 1, true],
    ["at its end", link(), 15 * MINUTE, false],
    ["used", link({ used_at: T0 }), 1, false],
    ["unknown", null, 1, false],
  ] as const)("%s", (_, given, at, usable) => {
    expect(checkSignInLink(given, after(at))).toEqual(
      usable && given !== null
        ? { ok: true, value: given }
        : { ok: false, error: { type: "sign-in-link-invalid" } },
    );
  });
});
