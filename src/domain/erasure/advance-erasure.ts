import type { CommentChoice } from "../anonymization/erase-comment.ts";
import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { newSignedReport } from "../audit/signed-report.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import { type AdminsState, moveGuard } from "../roles/change-role.ts";
import type { Subject } from "../roles/subject.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import type { Changes, Settable, Write } from "../shared/changes.ts";
import type { ErasureId, KeyedHash, LegalHoldId, Sealed, SignedReportId } from "../shared/ids.ts";
import { HOUR, type Instant, plus } from "../shared/instant.ts";
import { countsOf, type Erasure, type ErasureCounts, type ErasureStep, newErasure } from "./erasure.ts";
import type { Findings } from "./findings.ts";

/** How soon one that found her looks again. */
const RESIDUE_PAUSE = HOUR;

/** One batch: what it writes, and where it goes on from there. */
export interface ErasureTurn {
  readonly writes: readonly Write[];
  readonly step: ErasureStep;
  readonly cursor: string | null;
  readonly work: Sealed | null;
  readonly counted: ErasureCounts;
}

const frozen = (subject: Subject, occasion: Occasion): readonly Write[] =>
  subject.status === "active"
    ? [
        {
          op: "update",
          in: "subjects",
          id: subject.id,
          version: subject.version,
          set: { status: "restricted", updated_at: occasion.now },
        },
      ]
    : [];

/**
 * Begins: from here on her data are only stored (GDPR Art. 18), nothing of hers is added, and it cannot be cancelled.
 * Null when there is nothing to begin: erasing twice is erasing once.
 */
export const beginErasure = (
  state: { readonly subject: Subject; readonly existing: Erasure | null; readonly admins: AdminsState },
  { id, comments }: { readonly id: ErasureId; readonly comments: CommentChoice },
  occasion: Occasion,
): { readonly erasure: Erasure; readonly changes: Changes | null } | null => {
  const { subject, existing, admins } = state;
  if (existing !== null) return { erasure: existing, changes: null };
  if (subject.status === "erased") return null;
  const erasure = newErasure(id, subject.id, comments, occasion.now);
  const isAdmin = subject.role === "admin" && subject.status === "active";
  return {
    erasure,
    changes: {
      expects: [{ in: "subjects", id: subject.id, version: subject.version }],
      writes: [
        { op: "insert", into: "erasures", row: erasure },
        ...frozen(subject, occasion),
        ...(isAdmin ? [moveGuard("admins", admins.guardVersion, occasion)] : []),
      ],
      audit: [auditEntry("erasure.begun", erasure.id, { comments }, occasion)],
    },
  };
};

const moved = (erasure: Erasure, set: Settable<"erasures">, occasion: Occasion): Write => ({
  op: "update",
  in: "erasures",
  id: erasure.id,
  version: erasure.version,
  set: { ...set, updated_at: occasion.now },
});

const added = (counts: ErasureCounts, more: ErasureCounts): ErasureCounts => {
  const sum: Record<string, ErasureCounts[string]> = { ...counts };
  for (const [name, { removed, anonymised }] of Object.entries(more)) {
    const before = sum[name] ?? { removed: 0, anonymised: 0 };
    sum[name] = { removed: before.removed + removed, anonymised: before.anonymised + anonymised };
  }
  return sum;
};

const countedIn = (counts: ErasureCounts): number =>
  Object.values(counts).reduce((sum, { removed, anonymised }) => sum + removed + anonymised, 0);

/**
 * Stores a batch together with where it goes on, so that an erasure that is killed goes on exactly there. It rests on
 * her record as it was read, and on no hold having been placed since: any that is moves their guard, and refuses the batch.
 */
export const advanceErasure = (
  {
    erasure,
    subject,
    holds,
  }: {
    readonly erasure: Erasure;
    readonly subject: Subject;
    /** Version of the guard `holds`; 0 while there has never been one. */
    readonly holds: number;
  },
  turn: ErasureTurn,
  occasion: Occasion,
): Changes => {
  const touchesSubject = turn.writes.some((write) => write.op === "update" && write.in === "subjects");
  return {
    expects: [
      { in: "subjects", id: subject.id, version: subject.version },
      { in: "guards", id: "holds", version: holds === 0 ? "absent" : holds },
    ],
    writes: [
      ...turn.writes,
      ...(touchesSubject ? [] : frozen(subject, occasion)),
      moved(
        erasure,
        {
          status: "running",
          held_by: null,
          step: turn.step,
          cursor: turn.cursor,
          work: turn.work,
          counts: canonicalJson(added(countsOf(erasure), turn.counted) as unknown as Json),
          next_attempt_at: occasion.now,
        },
        occasion,
      ),
    ],
    audit: [
      auditEntry(
        "erasure.advanced",
        erasure.id,
        { step: erasure.step, records: countedIn(turn.counted) },
        occasion,
      ),
    ],
  };
};

/** What is left of a person's own record: an id that is never given again and leads to nobody. */
export const tombstone = (subject: Subject, occasion: Occasion): Write => ({
  op: "update",
  in: "subjects",
  id: subject.id,
  version: subject.version,
  set: {
    status: "erased",
    role: "anonymous",
    anonymized: true,
    consent_given: false,
    consent_timestamp: null,
    retention_until: null,
    sessions_valid_from: null,
    updated_at: occasion.now,
  },
});

/**
 * A hold keeps what would go next (GDPR Art. 17(3)(e)): nothing goes until it ends. Null when this one keeps it already,
 * so that waiting leaves no trace however long it takes.
 */
export const holdErasure = (erasure: Erasure, hold: LegalHoldId, occasion: Occasion): Changes | null =>
  erasure.status === "held" && erasure.held_by === hold
    ? null
    : {
        expects: [],
        writes: [moved(erasure, { status: "held", held_by: hold }, occasion)],
        audit: [auditEntry("erasure.held", erasure.id, { step: erasure.step }, occasion)],
      };

/** She was found: no certificate, and everything is gone through again later. */
export const reopenErasure = (erasure: Erasure, places: Findings, occasion: Occasion): Changes => ({
  expects: [],
  writes: [
    moved(
      erasure,
      {
        status: "residue",
        step: "vault",
        cursor: null,
        places: canonicalJson(places),
        next_attempt_at: plus(occasion.now, RESIDUE_PAUSE),
      },
      occasion,
    ),
  ],
  audit: [auditEntry("erasure.residue_found", erasure.id, { places: Object.keys(places) }, occasion)],
});

/** It could not go on, or old pages could not be given up yet: gone on with at `retryAt`, and nothing is certified before. */
export const postponeErasure = (erasure: Erasure, retryAt: Instant, occasion: Occasion): Changes => ({
  expects: [],
  writes: [
    moved(
      erasure,
      {
        ...(erasure.status === "held" ? { status: "running", held_by: null } : {}),
        next_attempt_at: retryAt,
      },
      occasion,
    ),
  ],
  audit: [auditEntry("erasure.advanced", erasure.id, { step: erasure.step, records: 0 }, occasion)],
});

/** The end: the certificate, and with it everything that could still lead to her is forgotten. */
export const certifyErasure = (
  erasure: Erasure,
  certificate: {
    readonly id: SignedReportId;
    readonly document: string;
    readonly original_data_hash: KeyedHash;
  },
  occasion: Occasion,
): Changes => ({
  expects: [],
  writes: [
    {
      op: "insert",
      into: "signed_reports",
      row: newSignedReport(certificate.id, "erasure", certificate.document, occasion.now, occasion.retention),
    },
    moved(
      erasure,
      {
        status: "done",
        cursor: null,
        work: null,
        places: canonicalJson({}),
        finished_at: occasion.now,
        report_id: certificate.id,
        original_data_hash: certificate.original_data_hash,
        anonymized: true,
        retention_until: retentionUntil("audit_trail", occasion.now, occasion.retention),
      },
      occasion,
    ),
  ],
  audit: [auditEntry("erasure.certified", certificate.id, { erasure: erasure.id }, occasion)],
});
