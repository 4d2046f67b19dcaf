import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { changeRole } from "../../src/domain/roles/change-role.ts";
import {
  effectivePermissions,
  PERMISSIONS,
  permissionsOf,
  ROLES,
  type UserRole,
} from "../../src/domain/roles/role.ts";
import { isLive, newSession, sessionPermissions } from "../../src/domain/sessions/session.ts";
import type { SessionId, SubjectId } from "../../src/domain/shared/ids.ts";
import { HOUR } from "../../src/domain/shared/instant.ts";
import { after, hash, id, occasion, subject, T0 } from "../domain/given.ts";

const role = fc.constantFrom(...ROLES);
const narrowing = fc.option(fc.subarray([...PERMISSIONS]));
const status = fc.constantFrom("active", "restricted", "erased");

describe("permissions", () => {
  test("of a session are among its role's, whatever it was narrowed to, and what it was narrowed to", () => {
    fc.assert(
      fc.property(role, narrowing, (of, narrowedTo) => {
        const effective = effectivePermissions(of, narrowedTo);
        expect(permissionsOf(of)).toEqual(expect.arrayContaining([...effective]));
        if (narrowedTo !== null) expect(narrowedTo).toEqual(expect.arrayContaining([...effective]));
        expect(effective).toEqual(PERMISSIONS.filter((each) => effective.includes(each)));
      }),
    );
  });

  test("of an anonymous subject never grow: she reads, whatever her session says", () => {
    fc.assert(
      fc.property(narrowing, (narrowedTo) => {
        for (const each of effectivePermissions("anonymous", narrowedTo)) expect(each).toBe("content:read");
      }),
    );
  });

  test("grow with the role and with nothing else", () => {
    fc.assert(
      fc.property(role, role, narrowing, (a, b, narrowedTo) => {
        const [less, more] = ROLES.indexOf(b) >= ROLES.indexOf(a) ? ([a, b] as const) : ([b, a] as const);
        expect(effectivePermissions(more, narrowedTo)).toEqual(
          expect.arrayContaining([...effectivePermissions(less, narrowedTo)]),
        );
      }),
    );
  });

  test("of a stored session follow the role of today, up and down", () => {
    fc.assert(
      fc.property(role, role, narrowing, (then, today, narrowedTo) => {
        const wanted = { id: id<SessionId>(1), token_hash: hash("a"), narrowedTo, hours: 24 };
        const session = newSession(subject({ role: then }), wanted, T0);
        expect(sessionPermissions(session, subject({ role: today }))).toEqual(
          effectivePermissions(today, narrowedTo),
        );
      }),
    );
  });

  test("of a session end when it does, whatever else holds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 0, max: 48 * HOUR }),
        status,
        (hours, at, of) => {
          const wanted = { id: id<SessionId>(1), token_hash: hash("a"), narrowedTo: null, hours };
          const session = newSession(subject(), wanted, T0);
          const live = isLive(session, subject({ status: of }), after(at));
          expect(live).toBe(of !== "erased" && at < hours * HOUR);
        },
      ),
    );
  });
});

describe("the admins", () => {
  interface Town {
    readonly roles: UserRole[];
    guard: number;
  }

  /** Stores a decision if what it rests on still stands, as a store does. */
  const store = (
    town: Town,
    index: number,
    decided: ReturnType<typeof changeRole>,
    guardRead: number,
  ): boolean => {
    if (!decided.ok || decided.value === null) return false;
    const moves = decided.value.writes.some(
      (write) =>
        (write.op === "insert" && write.into === "guards") ||
        (write.op === "update" && write.in === "guards"),
    );
    if (moves && guardRead !== town.guard) return false;
    const [write] = decided.value.writes;
    if (write?.op === "update" && write.in === "subjects" && write.set.role !== undefined)
      town.roles[index] = write.set.role;
    if (moves) town.guard += 1;
    return true;
  };

  const decide = (town: Town, index: number, to: UserRole) =>
    changeRole(
      {
        subject: subject({ id: id<SubjectId>(index), role: town.roles[index] ?? "anonymous" }),
        isNew: false,
        admins: { count: town.roles.filter((each) => each === "admin").length, guardVersion: town.guard },
      },
      to,
      occasion(),
    );

  test("never run out, in any order of changes, even when each is decided on what another has just changed", () => {
    const change = fc.record({
      index: fc.nat({ max: 4 }),
      to: role,
      rival: fc.nat({ max: 4 }),
      rivalTo: role,
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const town: Town = { roles: ["admin", "commenter", "admin", "moderator", "anonymous"], guard: 1 };
        for (const { index, to, rival, rivalTo } of changes) {
          const guardRead = town.guard;
          const first = decide(town, index, to);
          const second = decide(town, rival, rivalTo);
          store(town, index, first, guardRead);
          if (rival !== index) store(town, rival, second, guardRead);
          expect(town.roles).toContain("admin");
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
