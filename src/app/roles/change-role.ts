import { newIdentity } from "../../domain/personal-data/identity.ts";
import { changeRole as change } from "../../domain/roles/change-role.ts";
import { newSubject } from "../../domain/roles/subject.ts";
import { parseEmail } from "../../domain/shared/email.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { requirePermission, SYSTEM_CALLER } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { sealIdentity } from "../vault.ts";

export const readSubject =
  ({ readers }: Deps): Application["roles"]["readSubject"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const subject = await readers.subjects.byId(id);
    return subject === null ? err({ type: "not-found" }) : ok(subject);
  };

export const changeRole =
  (deps: Deps): Application["roles"]["changeRole"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    return decideAndCommit(deps, caller, async () => {
      // The guard before the subject: whoever changes an admin in between has moved it.
      const admins = await deps.readers.subjects.admins();
      const subject = await deps.readers.subjects.byId(input.subject);
      if (subject === null) return err({ type: "not-found" });
      if (input.version !== null && subject.version !== input.version)
        return err({ type: "version-mismatch" });
      const decided = change({ subject, isNew: false, admins }, input.role, await occasionOf(deps, caller));
      if (!decided.ok) return decided;
      const moved = decided.value !== null;
      return ok({
        changes: decided.value,
        value: { ...subject, role: input.role, version: subject.version + (moved ? 1 : 0) },
      });
    });
  };

/** Makes an address an admin: the way in for the first one. Who it is, she proves by signing in with it. */
export const addAdmin =
  (deps: Deps): Application["roles"]["addAdmin"] =>
  async (text) => {
    const email = parseEmail(text);
    if (email === null) {
      return err({ type: "invalid-input", errors: [{ pointer: "/email", reason: "not-an-email-address" }] });
    }
    return decideAndCommit(deps, SYSTEM_CALLER, async () => {
      const index = await deps.blindIndexer.index("email", email);
      const admins = await deps.readers.subjects.admins();
      const identity = await deps.readers.identities.find("email", index);
      const known = identity === null ? null : await deps.readers.subjects.byId(identity.subject_id);
      const occasion = await occasionOf(deps, SYSTEM_CALLER);
      const subject = known ?? newSubject(deps.ids.subject(), "commenter", occasion.now, occasion.retention);
      const decided = change({ subject, isNew: known === null, admins }, "admin", occasion);
      if (!decided.ok) return decided;
      const value = { subject: subject.id, already: decided.value === null };
      if (decided.value === null || known !== null) return ok({ changes: decided.value, value });
      const sealed = sealIdentity(deps, subject.id, "email", email, index);
      return ok({
        changes: {
          ...decided.value,
          writes: [
            ...decided.value.writes,
            {
              op: "insert",
              into: "identities",
              row: newIdentity(sealed.id, subject.id, "email", sealed, occasion.now),
            },
          ],
        },
        value,
      });
    });
  };
