import type { CommentChoice } from "../anonymization/erase-comment.ts";
import type { PersonalValues } from "../anonymization/mentions.ts";
import { canonicalJson } from "../shared/canonical-json.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type {
  CanonicalJson,
  ErasureId,
  KeyedHash,
  LegalHoldId,
  Sealed,
  SignedReportId,
  SubjectId,
} from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import type { Findings } from "./findings.ts";

/**
 * What is done one after the other. Nothing is destroyed before `ledger` is on disk; nothing is certified before `look`
 * has found nothing.
 */
export const ERASURE_STEPS = [
  "ledger",
  "vault",
  "links",
  "sessions",
  "comments",
  "reports",
  "deliveries",
  "requests",
  "consents",
  "mails",
  "answers",
  "mentions",
  "notes",
  "statements",
  "holds",
  "settings",
  "audit",
  "subject",
  "look",
] as const;

export type ErasureStep = (typeof ERASURE_STEPS)[number];

/** `held`: a legal hold keeps what would go next. `residue`: she was found where nothing of hers should be left. */
export const ERASURE_STATUSES = ["running", "held", "residue", "done"] as const;

export type ErasureStatus = (typeof ERASURE_STATUSES)[number];

/** What an erasure must know until it is done, and nobody after it: kept encrypted, emptied with the last step. */
export interface ErasureWork {
  /** What the vault knew of her, so that an erasure that was interrupted still knows what to look for. */
  readonly values: PersonalValues;
  /** Where she is told that it is done (GDPR Art. 12(3)); null: nowhere she has shown to be hers. */
  readonly letter_to: string | null;
  /** Passages of the texts that were removed, at most 300: to look for. */
  readonly excerpts: readonly string[];
  /** The same texts as bare words, while there is room: what is quoted of them at some length is taken out everywhere. */
  readonly removed: readonly string[];
  /** Pieces of the same texts as they were written, at most 100: to look for in files. */
  readonly fragments: readonly string[];
  /** Passages of replies that mails to others may quote. */
  readonly quoted: readonly string[];
  /** The fresh ids under which what stays goes on, one for each collection, so that they cannot be joined. */
  readonly anonymous: Readonly<Record<"comments" | "consents" | "requests", SubjectId>>;
  /** Random; the hash of what was erased stands on it, and means nothing once it is gone. */
  readonly salt: string;
  readonly digest: string;
  /** Recipients that are told of the erasure. */
  readonly recipients: number;
  /** Audit entries that no longer say who acted. */
  readonly unlinked: number;
}

/** What became of one kind of record. */
export interface ErasureCount {
  readonly removed: number;
  readonly anonymised: number;
}

export type ErasureCounts = Readonly<Record<string, ErasureCount>>;

/** One erasure of one person (GDPR Art. 17): where it stands, so that it goes on where it was interrupted. */
export interface Erasure extends GdprRecord<ErasureId> {
  /** Her id, which leads to nobody once the vault is empty. One erasure a subject: erasing twice is erasing once. */
  readonly subject_id: SubjectId;
  readonly comments: CommentChoice;
  readonly status: ErasureStatus;
  readonly step: ErasureStep;
  /** Where the step goes on; null: at its beginning. */
  readonly cursor: string | null;
  /** Sealed ErasureWork; null before the first step and after the last. */
  readonly work: Sealed | null;
  /** Canonical JSON of ErasureCounts. */
  readonly counts: CanonicalJson;
  /** Canonical JSON of Findings: where she was found the last time, so that somebody can see to it. */
  readonly places: CanonicalJson;
  /** The hold that keeps it from going on; null unless it is held. */
  readonly held_by: LegalHoldId | null;
  /** When it is looked at again; of no account while it is held. */
  readonly next_attempt_at: Instant;
  readonly finished_at: Instant | null;
  readonly report_id: SignedReportId | null;
  readonly original_data_hash: KeyedHash | null;
}

/** Kept without a date: it is what shows that she was erased, and says nothing of her. */
export const newErasure = (
  id: ErasureId,
  subject: SubjectId,
  comments: CommentChoice,
  now: Instant,
): Erasure => ({
  ...newGdprRecord(id, now, null),
  subject_id: subject,
  comments,
  status: "running",
  step: "ledger",
  cursor: null,
  work: null,
  counts: canonicalJson({}),
  places: canonicalJson({}),
  held_by: null,
  next_attempt_at: now,
  finished_at: null,
  report_id: null,
  original_data_hash: null,
});

export const countsOf = (erasure: Erasure): ErasureCounts => JSON.parse(erasure.counts) as ErasureCounts;

export const placesOf = (erasure: Erasure): Findings => JSON.parse(erasure.places) as Findings;

export const nextStep = (step: ErasureStep): ErasureStep =>
  ERASURE_STEPS[ERASURE_STEPS.indexOf(step) + 1] ?? "look";
