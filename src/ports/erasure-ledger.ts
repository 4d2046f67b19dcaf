import type { OptionalConsentType } from "../domain/consent/consent-type.ts";
import type { IdentityKind } from "../domain/personal-data/identity.ts";
import type { RestrictionGround } from "../domain/privacy-requests/privacy-request.ts";
import type { Branded, CommentId, SubjectId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** What happened to a person's data. */
export type LedgerNews =
  | { readonly kind: "erasure"; readonly comments: "keep_text" | "remove_text" }
  | { readonly kind: "withdrawal"; readonly purposes: readonly OptionalConsentType[] }
  | { readonly kind: "objection"; readonly purposes: readonly OptionalConsentType[] }
  /** `ground`: left out in what was told before grounds were. */
  | { readonly kind: "restriction"; readonly ground?: RestrictionGround }
  | { readonly kind: "unrestriction" }
  | {
      readonly kind: "rectification";
      /** New values; kept sealed, and only until she is erased. */
      readonly identities: readonly { readonly kind: IdentityKind; readonly value: string }[];
      readonly comments: readonly { readonly id: CommentId; readonly content: string }[];
    };

/** What a person was promised and a restored backup would not know. */
export type LedgerFact = LedgerNews & { readonly subject: SubjectId; readonly at: Instant };

/** A fact as the ledger gives it back: of whom, only who knows her id can tell. */
export type LedgerEntry = LedgerNews & {
  /** Keyed pseudonym of the subject. */
  readonly pseudonym: string;
  readonly at: Instant;
};

/** How far the ledger had come: kept in the database, so that a copy of it tells what it has not heard of. */
export type LedgerPosition = Branded<string, "LedgerPosition">;

/** `missing`: there is none, though there was. `foreign`: it is another database's. `values-gone`: see `forget`. */
export type LedgerProblem = "missing" | "foreign" | "cut-off" | "changed" | "head-missing" | "values-gone";

const WHY: Readonly<Record<LedgerProblem, string>> = {
  missing: "it is not in ERASURE_LEDGER_DIR, though this database had one",
  foreign: "the one in ERASURE_LEDGER_DIR is another database's",
  "cut-off": "facts that were in it are missing",
  changed: "it was changed",
  "head-missing": "its heads are not in ERASURE_LEDGER_HEADS_DIR",
  "values-gone": "values in it are missing of somebody who was not erased",
};

/** The ledger is not what it was. Nothing may be opened on a copy that it should have been replayed over. */
export class LedgerBroken extends Error {
  override readonly name = "LedgerBroken";
  constructor(readonly problem: LedgerProblem) {
    super(`Nothing is opened without the erasure ledger, and ${WHY[problem]} (docs/backup.md)`);
  }
}

/**
 * What happened to people's data since any backup, kept outside the backups: append-only and chained, with its head in
 * a second place, so that a missing end shows. It holds pseudonyms under a key of its own and never an address, a name
 * or a text in the clear.
 */
export interface ErasureLedger {
  /**
   * Resolves once the facts are on disk: call it before the first step that cannot be undone. A fact that is told twice,
   * or whose commit fails afterwards, does no harm: it is what the person wanted. Rejects when it cannot write.
   */
  append(facts: readonly [LedgerFact, ...LedgerFact[]]): Promise<void>;
  /** The pseudonyms under which the ledger knows subjects. Rejects with LedgerBroken when there is no ledger. */
  pseudonyms(): Promise<(subject: SubjectId) => string>;
  /** Whether nothing was ever kept here: then `position` begins a new ledger. */
  isNew(): Promise<boolean>;
  /** How far it goes, facts from `before` on left out. Begins the ledger when there is none. */
  position(before: Instant): Promise<LedgerPosition>;
  /**
   * What a database that stood at `position` has not heard of (null: of nothing), oldest first. Reads and checks all of
   * it; rejects with LedgerBroken when it is missing, another one, cut off or changed.
   */
  after(position: LedgerPosition | null): Promise<readonly LedgerEntry[]>;
  /** Destroys the sealed values of an erased person's facts; the facts stay, and the chain holds. */
  forget(subject: SubjectId): Promise<void>;
}
