import type { Origin } from "../domain/anonymization/pseudonym.ts";
import type { Actor } from "../domain/audit/audit-entry.ts";
import { SYSTEM } from "../domain/audit/audit-entry.ts";
import type { CommentActor } from "../domain/comments/change-comment.ts";
import type { Permission, Scope } from "../domain/roles/role.ts";
import type { Subject } from "../domain/roles/subject.ts";
import type { Session } from "../domain/sessions/session.ts";
import type { CommentId, ConsentId, ServiceCredentialId, SubjectId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";
import { err, ok, type Result } from "../domain/shared/result.ts";
import type { Pseudonymiser } from "../ports/pseudonymiser.ts";
import type { AppError } from "./errors.ts";
import type { Idempotency } from "./idempotency/remember-answer.ts";

/** Who asks, as far as their credential proves it. */
export type Principal =
  | { readonly kind: "anonymous" }
  /** A visitor without an account, by the subject cookie. */
  | { readonly kind: "visitor"; readonly subject: Subject }
  | {
      readonly kind: "session";
      readonly subject: Subject;
      readonly session: Session;
      readonly permissions: readonly Permission[];
    }
  | { readonly kind: "service"; readonly credential: ServiceCredentialId; readonly scopes: readonly Scope[] }
  | { readonly kind: "edit-token"; readonly comment: CommentId; readonly subject: SubjectId }
  /** Whoever holds the signed receipt of a decision: that person's consent and rights, and nothing else. */
  | { readonly kind: "receipt"; readonly subject: Subject; readonly consent: ConsentId };

/** Everything a use case may know of a request besides its input. */
export interface Caller {
  readonly principal: Principal;
  readonly origin: Origin;
  /** Sec-GPC: 1 was sent. */
  readonly gpc: boolean;
  /** Set when the request came with an Idempotency-Key. */
  readonly idempotency?: Idempotency;
}

export const ANONYMOUS: Principal = { kind: "anonymous" };

/** The person who asks, however she proved it; null for programs and strangers. An edit token speaks for one comment only. */
export const subjectOf = (principal: Principal): Subject | null =>
  principal.kind === "session" || principal.kind === "visitor" || principal.kind === "receipt"
    ? principal.subject
    : null;

/** Everybody may read; the rest needs a session whose permissions name it. */
export const requirePermission = (principal: Principal, permission: Permission): Result<null, AppError> => {
  if (permission === "content:read") return ok(null);
  if (principal.kind === "session") {
    return principal.permissions.includes(permission)
      ? ok(null)
      : err({ type: "permission-missing", permission });
  }
  return principal.kind === "anonymous" || principal.kind === "visitor"
    ? err({ type: "credential-required" })
    : err({ type: "permission-missing", permission });
};

export const requireScope = (principal: Principal, scope: Scope): Result<null, AppError> => {
  if (principal.kind === "service" && principal.scopes.includes(scope)) return ok(null);
  return principal.kind === "anonymous" || principal.kind === "visitor"
    ? err({ type: "credential-required" })
    : err({ type: "permission-missing", permission: scope });
};

/** How a caller stands towards comments. */
export const commentActor = (principal: Principal): CommentActor => {
  if (principal.kind === "session") {
    return {
      kind: "subject",
      subject: principal.subject.id,
      moderator: principal.permissions.includes("comments:moderate"),
    };
  }
  return principal.kind === "edit-token"
    ? { kind: "edit-token", comment: principal.comment }
    : { kind: "nobody" };
};

/** The person's or the program's id; null for strangers. */
export const idOf = (principal: Principal): SubjectId | ServiceCredentialId | null =>
  subjectOf(principal)?.id ??
  (principal.kind === "edit-token"
    ? principal.subject
    : principal.kind === "service"
      ? principal.credential
      : null);

/** Who asks, and from where. */
export type Asker = Pick<Caller, "principal" | "origin">;

/** The caller as the audit trail may know them: hashes only. */
export const actorOf = async (caller: Asker, pseudonymiser: Pseudonymiser, now: Instant): Promise<Actor> => {
  const id = idOf(caller.principal);
  return { ...caller.origin, user_id_hash: id === null ? null : await pseudonymiser.hash("user", id, now) };
};

/** The system itself: scheduled work and the command line. */
export const SYSTEM_CALLER: Caller = {
  principal: ANONYMOUS,
  origin: { ip_hash: SYSTEM.ip_hash, user_agent_hash: SYSTEM.user_agent_hash },
  gpc: false,
};
