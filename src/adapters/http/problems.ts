import type { AppError } from "../../app/errors.ts";
import type { Requirement } from "./permissions.ts";

/** One field that cannot be taken. `detail` never repeats what was sent, nor the name of a field that is not ours. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** Refusals that only exist because the service speaks HTTP. */
export type HttpRefusal =
  | { readonly type: "invalid-input"; readonly errors: readonly FieldProblem[] }
  | { readonly type: "permission-missing"; readonly permission: Requirement }
  | { readonly type: "malformed-json" }
  | { readonly type: "body-too-large" }
  | { readonly type: "unsupported-media-type" }
  | { readonly type: "method-not-allowed"; readonly allow: readonly string[] }
  | { readonly type: "precondition-required" }
  | { readonly type: "cross-site-request" }
  | { readonly type: "not-ready"; readonly failing: readonly string[] }
  | { readonly type: "service-unavailable"; readonly retryAfterSeconds: number }
  | { readonly type: "unexpected-error" };

export type Refusal = AppError | HttpRefusal;

export type ProblemCode = Refusal["type"];

export interface ProblemType {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 428 | 500 | 503;
  readonly title: string;
  /** The whole of it in one plain sentence. */
  readonly error: string;
  /** What to do about it. */
  readonly detail: string;
  /** The field it speaks of, where it is always the same one. */
  readonly pointer?: string;
}

/** Every problem this service answers. `docs/problems/<code>.md` explains each at length. */
export const PROBLEMS = {
  "author-email-required": {
    status: 422,
    title: "E-mail address needed",
    error: "An e-mail address of the author is needed to post.",
    detail: "Send author_email, or sign in by e-mail once so that the address is on record.",
    pointer: "/author_email",
  },
  "body-too-large": {
    status: 413,
    title: "Body too large",
    error: "The body of the request is larger than 64 KiB.",
    detail: "Send at most 65,536 bytes.",
  },
  "comment-already-removed": {
    status: 409,
    title: "Comment already removed",
    error: "The comment has been removed and cannot be changed any more.",
    detail: "A removal is final.",
  },
  "comments-disabled": {
    status: 403,
    title: "Comments are switched off",
    error: "New comments are switched off at the moment.",
    detail: "Comments can still be read; posting is closed by the operator.",
  },
  conflict: {
    status: 409,
    title: "Conflict",
    error: "Somebody else changed the same thing at the same moment.",
    detail: "Nothing was stored. Read the current state and try again.",
  },
  "content-empty": {
    status: 422,
    title: "Nothing left of the content",
    error: "The content holds nothing that may be shown.",
    detail: "After everything but the allowed HTML was taken out, the content was empty.",
    pointer: "/content",
  },
  "credential-invalid": {
    status: 401,
    title: "Credential not accepted",
    error: "The credential is unknown, expired, ended or revoked.",
    detail: "Get a new credential, or send the request without one.",
  },
  "credential-required": {
    status: 401,
    title: "Credential needed",
    error: "This needs a credential.",
    detail: "Send `Authorization: Bearer` with a token, or the session cookie.",
  },
  "cross-site-request": {
    status: 403,
    title: "Request from a foreign site",
    error: "A request that changes something and is signed in by cookie must come from an allowed origin.",
    detail: "Call from an origin of CORS_ORIGINS, or use a bearer token instead of the cookie.",
  },
  "edit-window-over": {
    status: 403,
    title: "Edit window over",
    error: "The comment can no longer be edited.",
    detail: "Authors may edit for 15 minutes after posting; imported comments cannot be edited.",
  },
  "gdpr-consent-required": {
    status: 422,
    title: "Consent to publish needed",
    error: "A comment is only published with its author's consent.",
    detail: "Send gdpr_consent: true once the author agreed to this comment being published.",
    pointer: "/gdpr_consent",
  },
  "invalid-input": {
    status: 422,
    title: "Invalid input",
    error: "The request holds something that cannot be taken.",
    detail: "Each entry of errors names a field and what is wrong with it.",
  },
  "last-admin": {
    status: 409,
    title: "Last admin",
    error: "The last admin cannot give up the role.",
    detail: "Make somebody else an admin first.",
  },
  "malformed-json": {
    status: 400,
    title: "Malformed JSON",
    error: "The body of the request is not JSON in UTF-8.",
    detail: "Send one JSON value, encoded in UTF-8.",
  },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    error: "This resource does not know the method.",
    detail: "The Allow header names the methods it knows.",
  },
  "moderation-not-possible": {
    status: 409,
    title: "Decision not possible",
    error: "The comment is in a state that this decision cannot be made in.",
    detail: "Read the comment again; a removed comment stays removed.",
  },
  "not-found": {
    status: 404,
    title: "Not found",
    error: "There is nothing here, or nothing that you may see.",
    detail: "Check the address; what is not public is not found without the right credential.",
  },
  "not-ready": {
    status: 503,
    title: "Not ready",
    error: "The service is running, but something it needs is not.",
    detail: "`failing` names what does not work.",
  },
  "not-the-author": {
    status: 403,
    title: "Not the author",
    error: "Only its author may change this comment.",
    detail: "Send the session of the author or the edit token of this comment.",
  },
  "notice-required": {
    status: 422,
    title: "Notice token needed",
    error: "A decision made in the banner needs the proof of what was shown.",
    detail: "Send the notice_token that came with the consent policy which was on the screen.",
    pointer: "/notice_token",
  },
  "notice-token-expired": {
    status: 422,
    title: "Notice token expired",
    error: "The notice was shown more than an hour ago.",
    detail: "Fetch the consent policy again, show it, and send its new notice_token.",
    pointer: "/notice_token",
  },
  "notice-token-invalid": {
    status: 422,
    title: "Notice token not accepted",
    error: "The notice token was not made by this service.",
    detail: "Send the notice_token of GET /v1/consent-policy unchanged.",
    pointer: "/notice_token",
  },
  "parent-not-found": {
    status: 422,
    title: "No such comment to reply to",
    error: "The comment replied to is not in this thread, or is not public.",
    detail: "Read the thread again and reply to a comment that is shown there.",
    pointer: "/parent_id",
  },
  "permission-missing": {
    status: 403,
    title: "Permission missing",
    error: "The credential does not allow this.",
    detail: "`permission` names what is needed.",
  },
  "precondition-required": {
    status: 428,
    title: "If-Match needed",
    error: "A change must say which version it is about.",
    detail: "Send If-Match with the ETag of the version you have read, or `*` for any.",
  },
  "purpose-not-offered": {
    status: 422,
    title: "Purpose not offered",
    error: "Consent was given to a purpose that was not offered.",
    detail: "Only purposes of the notice that was shown can be granted; `purpose` names the other one.",
    pointer: "/decisions",
  },
  "return-to-not-allowed": {
    status: 422,
    title: "Return address not allowed",
    error: "Signing in cannot lead back to this address.",
    detail: "return_to must be a URL of this service or of an origin in CORS_ORIGINS.",
    pointer: "/return_to",
  },
  "service-unavailable": {
    status: 503,
    title: "Service unavailable",
    error: "The service cannot answer at the moment.",
    detail: "Try again after the seconds that Retry-After names.",
  },
  "sign-in-link-invalid": {
    status: 401,
    title: "Sign-in link not accepted",
    error: "The sign-in link is unknown, expired or used already.",
    detail: "Ask for a new link; each works once and for 15 minutes.",
  },
  "subject-erased": {
    status: 403,
    title: "Data subject erased",
    error: "The data of this person have been erased.",
    detail: "Nothing can be recorded for an erased data subject; whoever comes back is a new one.",
  },
  "subject-not-active": {
    status: 409,
    title: "Data subject not active",
    error: "The role of this data subject cannot be changed.",
    detail: "Her data are restricted or erased.",
  },
  "subject-restricted": {
    status: 403,
    title: "Processing restricted",
    error: "The data of this person may only be stored at the moment.",
    detail: "While processing is restricted (GDPR Art. 18), nothing can be posted or edited.",
  },
  "unexpected-error": {
    status: 500,
    title: "Unexpected error",
    error: "An unexpected error occurred",
    detail: "Tell the operator the support_id; it leads to the log line.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "Unsupported media type",
    error: "The body must be JSON.",
    detail: "Send `Content-Type: application/json` in UTF-8, without a content encoding.",
  },
  "version-mismatch": {
    status: 412,
    title: "Version mismatch",
    error: "The version in If-Match is not the current one.",
    detail: "Read the resource again and send the ETag that came with it, quotes included.",
  },
} as const satisfies Record<ProblemCode, ProblemType>;
