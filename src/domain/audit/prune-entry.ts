import { holdOn, type LegalHold } from "../retention/legal-hold.ts";
import { DataRetentionPeriod, isDue } from "../retention/retention-period.ts";
import type { SubjectId } from "../shared/ids.ts";
import { type Instant, plusDays } from "../shared/instant.ts";
import type { AuditEntry } from "./audit-entry.ts";
import { type Commitments, isIdentityBlank, isPayloadBlank } from "./log-leaf.ts";

/**
 * When the traces of who from where may go: a year after the entry (GDPR Art. 5(1)(e)). It is not a setting, because
 * whoever checks the log must be able to tell a pruning from a forgery by the entry alone.
 */
export const identityUntil = ({ created_at }: Pick<AuditEntry, "created_at">): Instant =>
  plusDays(created_at, DataRetentionPeriod.LOGS);

/** Whether the identity's time is over; a legal hold on the entry or on the resource keeps it (GDPR Art. 17(3)(e)). */
export const identityIsDue = (entry: AuditEntry, now: Instant): boolean =>
  !isIdentityBlank(entry) && identityUntil(entry) <= now;

/** Whether the payload's time is over. */
export const payloadIsDue = (entry: AuditEntry, now: Instant): boolean =>
  !isPayloadBlank(entry) && isDue(entry, now);

/**
 * A hold on the entry itself, on the resource it tells of, on the person that is its resource, or on one of the `people`
 * whom it leads to besides: whose record it tells of, who acted.
 */
export const isHeld = (
  entry: AuditEntry,
  people: readonly SubjectId[],
  holds: readonly LegalHold[],
  now: Instant,
): boolean =>
  [entry.id, entry.resource_id, ...people].some(
    (id) => id !== null && holdOn(holds, { id, subject_id: id as SubjectId }, now) !== null,
  );

const changed = (entry: AuditEntry, now: Instant) => ({
  ...entry,
  version: entry.version + 1,
  updated_at: now,
  seal: null,
});

const kept = ({ identity, payload }: Commitments): string => `${identity}.${payload}`;

/** Blanks who and what the entry leads to; its leaf stays what it was. To be sealed again. */
export const withoutIdentity = (entry: AuditEntry, commitments: Commitments, now: Instant): AuditEntry => ({
  ...changed(entry, now),
  anonymized: true,
  user_id_hash: null,
  ip_address_hash: null,
  user_agent_hash: null,
  resource_id: null,
  salts: `.${(entry.salts ?? "").split(".")[1] ?? ""}`,
  commitments: kept(commitments),
});

/** Blanks what happened, and the salts; its leaf stays what it was. To be sealed again. */
export const withoutPayload = (entry: AuditEntry, commitments: Commitments, now: Instant): AuditEntry => ({
  ...changed(entry, now),
  details: null,
  salts: `${(entry.salts ?? "").split(".")[0] ?? ""}.`,
  commitments: kept(commitments),
});
