import { describe, expect, test } from "bun:test";
import { ANONYMOUS } from "../../src/app/caller.ts";
import { accepted, refused, testService } from "../support/service.ts";

const subjectOf = (caller: Awaited<ReturnType<Awaited<ReturnType<typeof testService>>["callerOf"]>>) => {
  if (caller.principal.kind !== "session") throw new Error("is signed in");
  return caller.principal.subject;
};

describe("roles", () => {
  test("the first admin comes from the command line and signs in with her address", async () => {
    const service = await testService();
    const { caller } = await service.signIn("root@example.org", "admin");
    expect(subjectOf(caller).role).toBe("admin");
    expect(accepted(await service.application.roles.addAdmin("root@example.org")).already).toBe(true);
    expect((await service.application.roles.addAdmin("not an address")).ok).toBe(false);
  });

  test("the last admin keeps the role", async () => {
    const service = await testService();
    const { caller } = await service.signIn("root@example.org", "admin");
    const { id } = subjectOf(caller);
    const outcome = await service.application.roles.changeRole(caller, {
      subject: id,
      role: "commenter",
      version: null,
    });
    expect(refused(outcome)).toBe("last-admin");
  });

  test("two admins who demote each other at the same moment leave one", async () => {
    for (let round = 0; round < 20; round += 1) {
      const service = await testService();
      const one = (await service.signIn("one@example.org", "admin")).caller;
      const two = (await service.signIn("two@example.org", "admin")).caller;
      const outcomes = await Promise.all([
        service.application.roles.changeRole(one, {
          subject: subjectOf(two).id,
          role: "commenter",
          version: null,
        }),
        service.application.roles.changeRole(two, {
          subject: subjectOf(one).id,
          role: "commenter",
          version: null,
        }),
      ]);
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      expect((await service.deps.readers.subjects.admins()).count).toBe(1);
    }
  });

  test("a role that is taken away is gone on the next request of a session that stands", async () => {
    const service = await testService();
    const root = (await service.signIn("root@example.org", "admin")).caller;
    const other = await service.signIn("other@example.org", "admin");
    const { id } = subjectOf(other.caller);
    accepted(
      await service.application.roles.changeRole(root, { subject: id, role: "commenter", version: null }),
    );
    const { principal } = await service.callerOf(other.token);
    expect(principal.kind === "session" && principal.permissions).toEqual(["content:read", "comments:post"]);
  });

  test("nobody but an admin changes roles or manages credentials", async () => {
    const service = await testService();
    const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
    for (const caller of [service.as(ANONYMOUS), moderator]) {
      const { roles, serviceCredentials } = service.application;
      const { id } = subjectOf(moderator);
      for (const outcome of [
        await roles.changeRole(caller, { subject: id, role: "admin", version: null }),
        await roles.readSubject(caller, id),
        await serviceCredentials.create(caller, { name: "x", scopes: ["sessions:create"] }),
        await serviceCredentials.list(caller, { limit: 10, cursor: null }),
      ]) {
        expect(["credential-required", "permission-missing"]).toContain(refused(outcome));
      }
    }
  });

  test("a revoked service credential opens nothing", async () => {
    const service = await testService();
    const root = (await service.signIn("root@example.org", "admin")).caller;
    const { credential, token } = accepted(
      await service.application.serviceCredentials.create(root, {
        name: "site",
        scopes: ["sessions:create"],
      }),
    );
    expect((await service.callerOf(token)).principal.kind).toBe("service");
    accepted(await service.application.serviceCredentials.revoke(root, credential.id));
    const credentials = { bearer: token, session_cookie: null, subject_cookie: null };
    expect(refused(await service.application.sessions.authenticate(credentials))).toBe("credential-invalid");
  });
});
