import type { OptionalConsentType } from "../consent/consent-type.ts";
import type { RetentionPeriods } from "../retention/retention-period.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import type { Subject, SubjectStatus } from "../roles/subject.ts";
import type { Changes, Write } from "../shared/changes.ts";
import type { Instant } from "../shared/instant.ts";
import { type PrivacyRequest, type RequestState, restricts } from "./privacy-request.ts";

/** What a request does to a person's data: the ledger keeps it, and recipients are told (GDPR Art. 19). */
export type RequestEffect =
  | { readonly kind: "restricted" }
  | { readonly kind: "unrestricted" }
  | { readonly kind: "objected"; readonly purposes: readonly OptionalConsentType[] }
  | { readonly kind: "rectified" };

export interface RequestChange {
  readonly request: PrivacyRequest;
  readonly changes: Changes;
  readonly effects: readonly RequestEffect[];
}

export type RequestRefusal =
  /** What was asked for does not go with where the request stands. */
  | { readonly type: "request-state-conflict"; readonly state: RequestState }
  /** GDPR Art. 12(3): the person is told within the first month, once. */
  | { readonly type: "extension-not-possible" }
  | { readonly type: "confirmation-invalid" };

/** Moves the subject even where the status stays, so that of two decisions that rest on it one is made again. */
export const subjectWrite = (subject: Subject, status: SubjectStatus, now: Instant): Write => ({
  op: "update",
  in: "subjects",
  id: subject.id,
  version: subject.version,
  set: { status, updated_at: now },
});

/** How long a request is kept from its answer on; one that restricts stays as long as it does. */
export const keptUntil = (
  request: Parameters<typeof restricts>[0],
  now: Instant,
  periods: RetentionPeriods,
): Instant | null => (restricts(request) ? null : retentionUntil("user_data", now, periods));

/** Whether anything but this request keeps the person's data from being used. */
export const isRestrictedBy = (
  others: readonly PrivacyRequest[],
  except: Pick<PrivacyRequest, "id">,
): boolean =>
  others.some((other) => other.id !== except.id && (restricts(other) || other.state === "running"));
