import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Comment } from "../comments/comment.ts";
import { type ConsentSituation, purposeStates, withdrawConsent } from "../consent/consent.ts";
import type { OptionalConsentType } from "../consent/consent-type.ts";
import { type Identity, type IdentityKind, newIdentity } from "../personal-data/identity.ts";
import type { Calendar } from "../privacy-requests/calendar.ts";
import { movedRequest } from "../privacy-requests/move-request.ts";
import { newRequest } from "../privacy-requests/new-request.ts";
import {
  type PrivacyRequest,
  type RestrictionGround,
  restricts,
} from "../privacy-requests/privacy-request.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes, Write } from "../shared/changes.ts";
import type { ConsentId, IdentityId, KeyedHash, PrivacyRequestId, Sealed } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";

/**
 * Withdraws again what she had withdrawn, or objected to, at `at` (GDPR Art. 7(3), 21): null when nothing she decided
 * before then is left. What she decided afterwards stands.
 */
export const replayWithdrawal = (
  situation: ConsentSituation & { readonly subject: Subject },
  told: {
    readonly kind: "withdrawal" | "objection";
    readonly purposes: readonly OptionalConsentType[];
    readonly at: Instant;
  },
  id: ConsentId,
  occasion: Occasion,
): Changes | null => {
  const { subject, latest } = situation;
  const states = latest === null ? {} : purposeStates(latest);
  const open = told.purposes.filter((purpose) => {
    const state = states[purpose];
    return state !== undefined && !state.withdrawn && state.decided_at <= told.at;
  });
  if (open.length === 0) return null;
  const decided = withdrawConsent(
    situation,
    open,
    { method: "api", gpc: false },
    { consent: id, subject: subject.id },
    // The record says when she withdrew; the trail says when it was done again.
    { ...occasion, now: told.at },
  );
  if (!decided.ok) return null;
  const { changes } = decided.value;
  return { ...changes, audit: [auditEntry("ledger.replayed", subject.id, { kind: told.kind }, occasion)] };
};

/** A restriction without the request behind it could be lifted by nobody (GDPR Art. 18(3)): the copy has forgotten hers. */
const requestAgain = (
  subject: Subject,
  { at, ground }: { readonly at: Instant; readonly ground: RestrictionGround },
  { id, calendar }: { readonly id: PrivacyRequestId; readonly calendar: Calendar },
  occasion: Occasion,
): Write => ({
  op: "insert",
  into: "privacy_requests",
  row: {
    ...newRequest(
      {
        id,
        subject_id: subject.id,
        type: "restriction",
        channel: "operator",
        comments: null,
        purpose: null,
        restriction_ground: ground,
        statement: null,
        rectification: null,
        contact: null,
        received_at: at,
        token_hash: null,
      },
      calendar,
      occasion.now,
    ),
    state: "completed",
    closed_at: at,
    wakes_at: null,
    retention_until: retentionUntil("user_data", at, occasion.retention),
  },
});

/** Restricts her data again, or lifts a restriction that had been lifted (GDPR Art. 18): null when it is so already. */
export const replayRestriction = (
  { subject, requests }: { readonly subject: Subject; readonly requests: readonly PrivacyRequest[] },
  told: {
    readonly kind: "restriction" | "unrestriction";
    readonly at: Instant;
    readonly ground: RestrictionGround;
  },
  making: { readonly id: PrivacyRequestId; readonly calendar: Calendar },
  occasion: Occasion,
): Changes | null => {
  const { kind } = told;
  const inForce = requests.filter(restricts);
  const behind =
    kind === "unrestriction"
      ? inForce.map((each) => movedRequest(each, { lifted_at: told.at }, occasion.now).write)
      : inForce.length > 0
        ? []
        : [requestAgain(subject, told, making, occasion)];
  const status = kind === "restriction" ? "restricted" : "active";
  if (subject.status === "erased" || subject.status === status) return null;
  return {
    expects: [],
    writes: [
      {
        op: "update",
        in: "subjects",
        id: subject.id,
        version: subject.version,
        set: { status, updated_at: occasion.now },
      },
      ...behind,
    ],
    audit: [auditEntry("ledger.replayed", subject.id, { kind }, occasion)],
  };
};

/** A value of the vault that she had rectified, sealed for her. */
export interface RectifiedIdentity {
  readonly kind: IdentityKind;
  readonly id: IdentityId;
  readonly blind_index: KeyedHash | null;
  readonly ciphertext: Sealed;
}

/**
 * Rectifies again what she had rectified at `at` (GDPR Art. 16): null when nothing here is older than that. A comment
 * that has gone meanwhile is left alone.
 */
export const replayRectification = (
  state: {
    readonly subject: Subject;
    readonly identities: readonly Identity[];
    readonly comments: readonly Comment[];
  },
  told: {
    readonly at: Instant;
    readonly identities: readonly RectifiedIdentity[];
    readonly comments: readonly { readonly id: string; readonly content: string }[];
  },
  occasion: Occasion,
): Changes | null => {
  const { subject } = state;
  if (subject.status === "erased") return null;
  const { now } = occasion;
  const vault = told.identities.flatMap(({ kind, id, ...secret }): Write[] => {
    const line = state.identities.find((each) => each.kind === kind);
    if (line === undefined)
      return [{ op: "insert", into: "identities", row: newIdentity(id, subject.id, kind, secret, now) }];
    if (line.updated_at >= told.at) return [];
    return [
      {
        op: "update",
        in: "identities",
        id: line.id,
        version: line.version,
        set: { ...secret, updated_at: now },
      },
    ];
  });
  const texts = told.comments.flatMap(({ id, content }): Write[] => {
    const comment = state.comments.find((each) => each.id === id);
    const stands = comment !== undefined && comment.status !== "removed" && comment.subject_id === subject.id;
    return !stands || comment.updated_at >= told.at || comment.content === content
      ? []
      : [
          {
            op: "update",
            in: "comments",
            id: comment.id,
            version: comment.version,
            set: { content, edited_at: told.at, updated_at: now },
          },
        ];
  });
  const writes = [...vault, ...texts];
  return writes.length === 0
    ? null
    : {
        expects: [{ in: "subjects", id: subject.id, version: subject.version }],
        writes,
        audit: [auditEntry("ledger.replayed", subject.id, { kind: "rectification" }, occasion)],
      };
};
