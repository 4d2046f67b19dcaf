import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { IdentityId, KeyedHash, Sealed, SubjectId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";

/** What the vault may hold of a person; one of each at most. */
export const IDENTITY_KINDS = ["email", "name", "external_user_id"] as const;

export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/**
 * One line of the identity vault: the only link between a subject and a person. Deleting it severs the link for good,
 * because the subject's id is random; whoever comes back is a new subject.
 */
export interface Identity extends GdprRecord<IdentityId> {
  readonly subject_id: SubjectId;
  readonly kind: IdentityKind;
  /** Keyed hash to find a person again by e-mail or external id; null for names, which nobody may search. */
  readonly blind_index: KeyedHash | null;
  readonly ciphertext: Sealed;
}

/** A vault line goes with its subject, so it has no retention date of its own. */
export const newIdentity = (
  id: IdentityId,
  subject: SubjectId,
  kind: IdentityKind,
  secret: { readonly blind_index: KeyedHash | null; readonly ciphertext: Sealed },
  now: Instant,
): Identity => ({ ...newGdprRecord(id, now, null), subject_id: subject, kind, ...secret });
