import type { ChangeCommentRefusal } from "../domain/comments/change-comment.ts";
import type { PostCommentRefusal } from "../domain/comments/post-comment.ts";
import type { ConsentRefusal } from "../domain/consent/consent.ts";
import type { PolicyRefusal } from "../domain/consent/draft-policy.ts";
import type { PolicyFieldRefusal } from "../domain/consent/policy-content.ts";
import type { RequestRefusal } from "../domain/privacy-requests/request-change.ts";
import type { ChangeRoleRefusal } from "../domain/roles/change-role.ts";
import type { Permission, Scope } from "../domain/roles/role.ts";
import type { SignInLinkRefusal } from "../domain/sessions/sign-in-link.ts";
import type { TextRefusal } from "../domain/shared/text.ts";

/** One field of the input that cannot be taken: where (JSON Pointer into the body) and why, never its value. */
export interface InvalidField {
  readonly pointer: string;
  readonly reason:
    | TextRefusal
    | PolicyFieldRefusal
    | "not-an-email-address"
    | "not-a-cursor"
    | "not-a-thread"
    | "not-a-webhook-url"
    | "missing"
    | "not-for-this-type"
    | "in-the-future"
    | "before-aware"
    | "not-a-configuration-key";
}

/** Every foreseeable refusal. Closed: the HTTP adapter's catalogue of problems must name each. */
export type AppError =
  | ConsentRefusal
  | RequestRefusal
  /** A request of this kind is not answered yet. */
  | { readonly type: "request-already-open" }
  /** There is a better proof than this credential: the address on file, or signing in. */
  | { readonly type: "stronger-proof-required" }
  /** The new address is another person's here. */
  | { readonly type: "address-in-use" }
  | PolicyRefusal
  | PostCommentRefusal
  | ChangeCommentRefusal
  | SignInLinkRefusal
  | ChangeRoleRefusal
  /** The notice token was not made here, or for nothing this service knows. */
  | { readonly type: "notice-token-invalid" }
  /** Shown more than an hour ago: fetch the policy again. */
  | { readonly type: "notice-token-expired" }
  /** No credential, where one is needed. */
  | { readonly type: "credential-required" }
  /** A credential that is unknown, expired, ended or revoked. */
  | { readonly type: "credential-invalid" }
  | { readonly type: "permission-missing"; readonly permission: Permission | Scope }
  /** Acknowledged, or of no use any more: there is nothing left to be sent. */
  | { readonly type: "delivery-closed" }
  /** Not signed with a secret of the recipient that was told, or not just now. */
  | { readonly type: "webhook-signature-invalid" }
  | { readonly type: "not-found" }
  /** The Idempotency-Key was used with another body. */
  | { readonly type: "idempotency-key-reused" }
  /** The first request with this Idempotency-Key has not been answered yet. */
  | { readonly type: "idempotency-key-in-flight" }
  /** Done already, and its answer showed a secret, which is not kept. */
  | { readonly type: "already-created" }
  /** If-Match names another version than the stored one. */
  | { readonly type: "version-mismatch" }
  /** Others kept changing the same thing, or it exists already: look again, then decide. */
  | { readonly type: "conflict" }
  /** There is never a second one beside it. */
  | { readonly type: "retention-run-under-way" }
  /** It exists already: say which version is meant. */
  | { readonly type: "precondition-required" }
  | { readonly type: "return-to-not-allowed" }
  | { readonly type: "invalid-input"; readonly errors: readonly [InvalidField, ...InvalidField[]] };
