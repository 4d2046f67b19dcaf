import { describe, expect, test } from "bun:test";
import { ANONYMOUS } from "../../src/app/caller.ts";
import { FEATURE_FLAGS } from "../../src/domain/configuration/feature-flags.ts";
import { HOUR, MINUTE } from "../../src/domain/shared/instant.ts";
import { accepted, refused, type TestService, testService } from "../support/service.ts";

const ADA = "ada.quillfeather@example.org";

const mailedToken = (service: TestService): string => {
  const token = service.mails.at(-1)?.text.match(/#(gnl_[\w-]+)/)?.[1];
  if (token === undefined) throw new Error("no link was mailed");
  return token;
};

const requestLink = async (service: TestService, email: string, return_to: string | null = null) =>
  service.application.sessions.requestSignInLink(service.as(ANONYMOUS), { email, return_to });

describe("signing in by a mailed link", () => {
  test("an unknown address becomes a new commenter, a known one the same subject", async () => {
    const service = await testService();
    const first = await service.signIn(ADA);
    const second = await service.signIn(ADA);
    const [a, b] = [first.caller.principal, second.caller.principal];
    if (a.kind !== "session" || b.kind !== "session") throw new Error("both are sessions");
    expect(a.subject.role).toBe("commenter");
    expect(b.subject.id).toBe(a.subject.id);
    expect(b.session.id).not.toBe(a.session.id);
  });

  test("the address is found however it is written", async () => {
    const service = await testService();
    await service.signIn(ADA);
    accepted(await requestLink(service, `  ${ADA.toUpperCase()} `));
    await service.deliver();
    expect(service.mails.at(-1)?.to).toBe(ADA);
  });

  test("a link works once, also when it is used twice at the same moment", async () => {
    const service = await testService();
    accepted(await requestLink(service, ADA));
    await service.deliver();
    const link_token = mailedToken(service);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        service.application.sessions.signIn(service.as(ANONYMOUS), { link_token }),
      ),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    for (const outcome of outcomes) if (!outcome.ok) expect(outcome.error.type).toBe("sign-in-link-invalid");
  });

  test("a link is over after 15 minutes, to the millisecond", async () => {
    const service = await testService();
    for (const [wait, works] of [
      [15 * MINUTE - 1, true],
      [15 * MINUTE, false],
    ] as const) {
      accepted(await requestLink(service, ADA));
      await service.deliver();
      service.pass(wait);
      const outcome = await service.application.sessions.signIn(service.as(ANONYMOUS), {
        link_token: mailedToken(service),
      });
      expect(outcome.ok).toBe(works);
    }
  });

  test("a link of one kind of token is none of another", async () => {
    const service = await testService();
    const { token } = await service.signIn(ADA);
    const outcome = await service.application.sessions.signIn(service.as(ANONYMOUS), { link_token: token });
    expect(refused(outcome)).toBe("sign-in-link-invalid");
  });

  test("with registration off an unknown address gets the same answer and no mail", async () => {
    const service = await testService({
      settings: { flags: { ...FEATURE_FLAGS, enable_user_registration: false } },
    });
    expect(await requestLink(service, ADA)).toEqual({ ok: true, value: null });
    await service.deliver();
    expect(service.mails).toHaveLength(0);
    accepted(await service.application.roles.addAdmin(ADA));
    expect(await requestLink(service, ADA)).toEqual({ ok: true, value: null });
    await service.deliver();
    expect(service.mails).toHaveLength(1);
  });

  test("a sign-in returns to allowed origins only", async () => {
    const service = await testService({ settings: { corsOrigins: ["https://site.example"] } });
    for (const allowed of ["https://site.example/page?x=1", "http://localhost/anywhere"]) {
      expect((await requestLink(service, ADA, allowed)).ok).toBe(true);
    }
    for (const foreign of [
      "https://site.example.evil.test/",
      "https://evil.test/?https://site.example",
      "http://site.example/",
      "javascript:alert(1)",
      "//site.example/",
      "/relative",
    ]) {
      expect(refused(await requestLink(service, ADA, foreign))).toBe("return-to-not-allowed");
    }
  });

  test("the mail waits sealed: the store holds neither address nor link in the clear", async () => {
    const service = await testService();
    accepted(await requestLink(service, ADA));
    const waiting = await service.deps.readers.outgoingMails.due(service.deps.clock.now(), 10);
    expect(waiting).toHaveLength(1);
    expect(JSON.stringify(waiting)).not.toContain("quillfeather");
    expect(JSON.stringify(waiting)).not.toContain("gnl_");
    await service.deliver();
    expect(await service.deps.readers.outgoingMails.due(service.deps.clock.now(), 10)).toHaveLength(0);
  });
});

describe("sessions", () => {
  test("a session ends after 24 hours however often it is used", async () => {
    const service = await testService();
    const { token } = await service.signIn(ADA);
    for (let hour = 1; hour < 24; hour += 1) {
      service.pass(HOUR);
      expect((await service.callerOf(token)).principal.kind).toBe("session");
    }
    service.pass(HOUR);
    const credentials = { bearer: token, session_cookie: null, subject_cookie: null };
    expect(refused(await service.application.sessions.authenticate(credentials))).toBe("credential-invalid");
  });

  test("a stale cookie is no credential, a stale bearer is an error", async () => {
    const service = await testService();
    const { token, caller } = await service.signIn(ADA);
    accepted(await service.application.sessions.signOut(caller));
    const { authenticate } = service.application.sessions;
    expect(
      accepted(await authenticate({ bearer: null, session_cookie: token, subject_cookie: null })),
    ).toEqual(ANONYMOUS);
    expect(refused(await authenticate({ bearer: token, session_cookie: null, subject_cookie: null }))).toBe(
      "credential-invalid",
    );
  });

  test("signing in while signed in ends the session in use", async () => {
    const service = await testService();
    const first = await service.signIn(ADA);
    accepted(await requestLink(service, ADA));
    await service.deliver();
    accepted(await service.application.sessions.signIn(first.caller, { link_token: mailedToken(service) }));
    const credentials = { bearer: first.token, session_cookie: null, subject_cookie: null };
    expect(refused(await service.application.sessions.authenticate(credentials))).toBe("credential-invalid");
  });

  test("signing out everywhere ends every session there is, and none made later", async () => {
    const service = await testService();
    const before = [await service.signIn(ADA), await service.signIn(ADA)];
    const last = before.at(-1);
    if (last === undefined) throw new Error("there are two");
    accepted(await service.application.sessions.signOutEverywhere(last.caller));
    for (const { token } of before) {
      const credentials = { bearer: token, session_cookie: null, subject_cookie: null };
      expect(refused(await service.application.sessions.authenticate(credentials))).toBe(
        "credential-invalid",
      );
    }
    service.pass(1);
    expect((await service.signIn(ADA)).caller.principal.kind).toBe("session");
  });

  test("a platform's user is one random subject; her session can be narrowed and never widened", async () => {
    const service = await testService();
    const { token } = accepted(
      await service.application.serviceCredentials.create("cli", {
        name: "site",
        scopes: ["sessions:create"],
      }),
    );
    const platform = await service.callerOf(token);
    const open = (permissions: readonly ("comments:post" | "system:administer" | "content:read")[] | null) =>
      service.application.sessions.createServiceSession(platform, {
        external_user_id: "user-42",
        permissions,
      });
    const whole = accepted(await open(null));
    const narrowed = accepted(await open(["content:read"]));
    const widened = accepted(await open(["comments:post", "system:administer"]));
    expect(whole.permissions).toEqual(["content:read", "comments:post"]);
    expect(narrowed.permissions).toEqual(["content:read"]);
    expect(widened.permissions).toEqual(["comments:post"]);
    expect(new Set([whole.subject, narrowed.subject, widened.subject]).size).toBe(1);
    expect(whole.subject).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  test("nobody opens sessions for others without the scope", async () => {
    const service = await testService();
    const { token } = accepted(
      await service.application.serviceCredentials.create("cli", {
        name: "gate",
        scopes: ["consents:check"],
      }),
    );
    const callers = [
      await service.callerOf(token),
      service.as(ANONYMOUS),
      (await service.signIn(ADA, "admin")).caller,
    ];
    for (const caller of callers) {
      const outcome = await service.application.sessions.createServiceSession(caller, {
        external_user_id: "user-42",
        permissions: null,
      });
      expect(["permission-missing", "credential-required"]).toContain(refused(outcome));
    }
  });
});
