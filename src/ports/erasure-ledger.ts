import type { OptionalConsentType } from "../domain/consent/consent-type.ts";
import type { IdentityKind } from "../domain/personal-data/identity.ts";
import type { CommentId, SubjectId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** What a person was promised and a restored backup would not know. */
export type LedgerFact = { readonly subject: SubjectId; readonly at: Instant } & (
  | { readonly kind: "erasure"; readonly comments: "keep_text" | "remove_text" }
  | { readonly kind: "withdrawal"; readonly purposes: readonly OptionalConsentType[] }
  | { readonly kind: "objection"; readonly purposes: readonly OptionalConsentType[] }
  | { readonly kind: "restriction" }
  | { readonly kind: "unrestriction" }
  | {
      readonly kind: "rectification";
      /** New values; kept sealed, and only until she is erased or no backup is older. */
      readonly identities: readonly { readonly kind: IdentityKind; readonly value: string }[];
      readonly comments: readonly { readonly id: CommentId; readonly content: string }[];
    }
);

/** A fact as the ledger gives it back: of whom, only who knows her id can tell. */
export type LedgerEntry = Omit<LedgerFact, "subject"> & {
  /** Keyed pseudonym of the subject. */
  readonly pseudonym: string;
  readonly sequence: number;
};

/**
 * What happened to people's data since any backup, kept outside the backups: append-only and chained, so that a missing
 * end shows. It holds pseudonyms under a key of its own and never an address, a name or a text in the clear.
 */
export interface ErasureLedger {
  /** Resolves once the facts are on disk: call it before the first step that cannot be undone. Rejects when it cannot write. */
  append(facts: readonly [LedgerFact, ...LedgerFact[]]): Promise<void>;
  /** The pseudonym under which the ledger knows a subject. */
  pseudonymOf(subject: SubjectId): string;
  /** Facts after `at`, oldest first. Throws when the ledger is missing, cut off or changed. */
  since(at: Instant): AsyncIterable<LedgerEntry>;
  /** Destroys the sealed values of an erased person's earlier facts; the facts stay, and the chain holds. */
  forget(subject: SubjectId): Promise<void>;
}
