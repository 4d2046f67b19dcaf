import { describe, expect, test } from "bun:test";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import { changeRole } from "../../src/domain/roles/change-role.ts";
import {
  effectivePermissions,
  PERMISSIONS,
  type Permission,
  permissionsOf,
  ROLES,
  SCOPES,
  type UserRole,
} from "../../src/domain/roles/role.ts";
import {
  createServiceCredential,
  credentialScopes,
  revokeServiceCredential,
} from "../../src/domain/roles/service-credential.ts";
import { newSubject } from "../../src/domain/roles/subject.ts";
import type { ServiceCredentialId } from "../../src/domain/shared/ids.ts";
import { ADA, days, hash, id, occasion, subject, T0 } from "./given.ts";

describe("roles", () => {
  test("are the specification's, each including the ones before it", () => {
    expect(ROLES).toEqual(["anonymous", "commenter", "moderator", "admin"]);
    const includes = (role: UserRole, other: UserRole): boolean =>
      permissionsOf(other).every((each) => permissionsOf(role).includes(each));
    const table = ROLES.map((role) => ROLES.map((other) => includes(role, other)));
    expect(table).toEqual([
      [true, false, false, false],
      [true, true, false, false],
      [true, true, true, false],
      [true, true, true, true],
    ]);
  });

  test.each([
    ["anonymous", ["content:read"]],
    ["commenter", ["content:read", "comments:post"]],
    ["moderator", ["content:read", "comments:post", "comments:moderate"]],
    ["admin", ["content:read", "comments:post", "comments:moderate", "system:administer"]],
  ] as const)("%s may %j", (role, permissions) => {
    expect(permissionsOf(role)).toEqual(permissions);
  });

  test.each([
    ["moderator", null, ["content:read", "comments:post", "comments:moderate"]],
    ["moderator", ["content:read"], ["content:read"]],
    ["moderator", ["comments:moderate", "content:read"], ["content:read", "comments:moderate"]],
    ["moderator", [], []],
    ["commenter", ["system:administer"], []],
    ["anonymous", ["comments:post", "content:read"], ["content:read"]],
    ["anonymous", [...PERMISSIONS], ["content:read"]],
    ["admin", [...PERMISSIONS], [...PERMISSIONS]],
  ] as readonly (readonly [UserRole, readonly Permission[] | null, readonly Permission[]])[])(
    "a session of a %s narrowed to %j may %j",
    (role, narrowedTo, permissions) => {
      expect(effectivePermissions(role, narrowedTo)).toEqual(permissions);
    },
  );

  test("a new subject is active, of the role given, and kept as long as user data", () => {
    expect(newSubject(ADA, "commenter", T0, DEFAULT_RETENTION)).toMatchObject({
      id: ADA,
      role: "commenter",
      status: "active",
      sessions_valid_from: null,
      consent_given: false,
      retention_until: days(1095),
    });
  });
});

describe("changing a role", () => {
  const change = (
    given: {
      readonly from?: UserRole;
      readonly status?: "active" | "restricted" | "erased";
      readonly isNew?: boolean;
      readonly admins?: number;
      readonly guard?: number;
    },
    to: UserRole,
  ) =>
    changeRole(
      {
        subject: subject({ role: given.from ?? "commenter", status: given.status ?? "active", version: 3 }),
        isNew: given.isNew ?? false,
        admins: { count: given.admins ?? 2, guardVersion: given.guard ?? 5 },
      },
      to,
      occasion(days(1)),
    );

  test.each([
    ["commenter", "moderator", ["subjects"]],
    ["moderator", "commenter", ["subjects"]],
    ["commenter", "anonymous", ["subjects"]],
    ["commenter", "admin", ["subjects", "guards"]],
    ["admin", "commenter", ["subjects", "guards"]],
    ["admin", "moderator", ["subjects", "guards"]],
  ] as const)("from %s to %s writes %j", (from, to, collections) => {
    const changed = change({ from }, to);
    if (!changed.ok || changed.value === null) return expect.unreachable();
    expect(changed.value.writes.map((write) => (write.op === "update" ? write.in : write.op))).toEqual([
      ...collections,
    ]);
    expect(changed.value.writes[0]).toEqual({
      op: "update",
      in: "subjects",
      id: ADA,
      version: 3,
      set: { role: to, updated_at: days(1) },
    });
    expect(changed.value.audit[0]).toMatchObject({
      action: "role.changed",
      resource_type: "subject",
      resource_id: ADA,
    });
    expect(JSON.parse(changed.value.audit[0].details ?? "")).toEqual({ from, to, new_subject: false });
  });

  test("moves the guard from the version it was read at, so that of two admins who demote each other one is refused", () => {
    const changed = change({ from: "admin", guard: 5 }, "commenter");
    expect(changed.ok && changed.value?.writes[1]).toEqual({
      op: "update",
      in: "guards",
      id: "admins",
      version: 5,
      set: { updated_at: days(1) },
    } as never);
  });

  test("makes the guard with the very first admin, so that two first ones cannot both be", () => {
    const changed = change({ guard: 0, admins: 0 }, "admin");
    expect(changed.ok && changed.value?.writes[1]).toMatchObject({
      op: "insert",
      into: "guards",
      row: { id: "admins", version: 1 },
    } as never);
  });

  test("never takes the last admin's away", () => {
    expect(change({ from: "admin", admins: 1 }, "moderator")).toEqual({
      ok: false,
      error: { type: "last-admin" },
    });
    expect(change({ from: "admin", admins: 0 }, "anonymous")).toEqual({
      ok: false,
      error: { type: "last-admin" },
    });
    expect(change({ from: "admin", admins: 2 }, "moderator").ok).toBe(true);
  });

  test("to the same one changes nothing, for the last admin too", () => {
    expect(change({ from: "moderator" }, "moderator")).toEqual({ ok: true, value: null });
    expect(change({ from: "admin", admins: 1 }, "admin")).toEqual({ ok: true, value: null });
  });

  test.each(["restricted", "erased"] as const)("of a subject that is %s is refused", (status) => {
    expect(change({ status }, "admin")).toEqual({ ok: false, error: { type: "subject-not-active" } });
  });

  test("of somebody new stores her with it", () => {
    const changed = change({ from: "commenter", isNew: true }, "admin");
    if (!changed.ok || changed.value === null) return expect.unreachable();
    expect(changed.value.writes[0]).toMatchObject({
      op: "insert",
      into: "subjects",
      row: { id: ADA, role: "admin" },
    });
    expect(JSON.parse(changed.value.audit[0].details ?? "")).toEqual({
      from: "anonymous",
      to: "admin",
      new_subject: true,
    });
    const same = change({ from: "commenter", isNew: true }, "commenter");
    expect(same.ok && same.value?.writes).toHaveLength(1);
  });
});

describe("a service credential", () => {
  const created = createServiceCredential(
    { id: id<ServiceCredentialId>(7), name: "shop", scopes: ["sessions:create"], token_hash: hash("f") },
    occasion(),
  );

  test("keeps its scopes and the hash of its token only", () => {
    expect(credentialScopes(created.credential)).toEqual(["sessions:create"]);
    expect(created.credential.revoked_at).toBeNull();
    expect(created.changes).toMatchObject({
      writes: [{ op: "insert", into: "service_credentials", row: { name: "shop", version: 1 } }],
      audit: [{ action: "service_credential.created", details: '{"scopes":["sessions:create"]}' }],
    } as never);
    expect(SCOPES).toEqual(["sessions:create", "consents:check"]);
  });

  test("is taken back once", () => {
    expect(revokeServiceCredential(created.credential, occasion(days(1)))).toMatchObject({
      writes: [
        {
          op: "update",
          in: "service_credentials",
          version: 1,
          set: { revoked_at: days(1), updated_at: days(1) },
        },
      ],
      audit: [{ action: "service_credential.revoked" }],
    });
    expect(revokeServiceCredential({ ...created.credential, revoked_at: T0 }, occasion())).toBeNull();
  });
});
