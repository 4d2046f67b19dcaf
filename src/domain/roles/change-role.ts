import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Guard } from "../personal-data/records.ts";
import type { Changes } from "../shared/changes.ts";
import { err, ok, type Result } from "../shared/result.ts";
import type { UserRole } from "./role.ts";
import type { Subject } from "./subject.ts";

export type ChangeRoleRefusal = { readonly type: "last-admin" } | { readonly type: "subject-not-active" };

/** What the decision rests on: the subject, and how many admins there are under which version of their guard. */
export interface AdminsState {
  readonly count: number;
  /** Version of the guard record `admins`; 0 while there has never been an admin. */
  readonly guardVersion: number;
}

/**
 * Gives a subject another role. Never takes the last admin's away, and two admins who demote each other at the same
 * moment both move the guard `admins`, so that one of them is refused.
 */
export const changeRole = (
  state: { readonly subject: Subject; readonly isNew: boolean; readonly admins: AdminsState },
  to: UserRole,
  occasion: Occasion,
): Result<Changes | null, ChangeRoleRefusal> => {
  const { subject, isNew, admins } = state;
  if (subject.status !== "active") return err({ type: "subject-not-active" });
  if (!isNew && subject.role === to) return ok(null);
  if (subject.role === "admin" && to !== "admin" && admins.count <= 1) return err({ type: "last-admin" });
  const touchesAdmins = subject.role === "admin" || to === "admin";
  return ok({
    expects: [],
    writes: [
      isNew
        ? { op: "insert", into: "subjects", row: { ...subject, role: to } }
        : {
            op: "update",
            in: "subjects",
            id: subject.id,
            version: subject.version,
            set: { role: to, updated_at: occasion.now },
          },
      ...(touchesAdmins ? [moveGuard("admins", admins.guardVersion, occasion)] : []),
    ],
    audit: [
      auditEntry(
        "role.changed",
        subject.id,
        { from: isNew ? "anonymous" : subject.role, to, new_subject: isNew },
        occasion,
      ),
    ],
  });
};

export const moveGuard = (id: Guard["id"], version: number, occasion: Occasion): Changes["writes"][number] =>
  version === 0
    ? {
        op: "insert",
        into: "guards",
        row: { id, created_at: occasion.now, updated_at: occasion.now, version: 1 },
      }
    : { op: "update", in: "guards", id, version, set: { updated_at: occasion.now } };
