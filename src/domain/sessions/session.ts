import type { AuditDetails } from "../audit/audit-details.ts";
import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { withUse } from "../retention/with-use.ts";
import { effectivePermissions, type Permission } from "../roles/role.ts";
import type { Subject } from "../roles/subject.ts";
import { canonicalJson } from "../shared/canonical-json.ts";
import type { Changes, Expectation, Write } from "../shared/changes.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { CanonicalJson, SessionId, SubjectId, TokenHash } from "../shared/ids.ts";
import { HOUR, type Instant, plus } from "../shared/instant.ts";

/** A signed-in time of at most 24 h (setting SESSION_HOURS), absolute: using it does not prolong it. */
export interface Session extends GdprRecord<SessionId> {
  readonly token_hash: TokenHash;
  readonly subject_id: SubjectId;
  /** JSON list of what the session was narrowed to; null: all that the role allows. */
  readonly permissions: CanonicalJson | null;
  readonly expires_at: Instant;
  readonly ended_at: Instant | null;
}

export interface NewSession {
  readonly id: SessionId;
  readonly token_hash: TokenHash;
  readonly narrowedTo: readonly Permission[] | null;
  readonly hours: number;
}

export const newSession = (subject: Pick<Subject, "id">, wanted: NewSession, now: Instant): Session => {
  const expires_at = plus(now, wanted.hours * HOUR);
  return {
    // A session is of no use once over: it may go at once.
    ...newGdprRecord(wanted.id, now, expires_at),
    token_hash: wanted.token_hash,
    subject_id: subject.id,
    permissions: wanted.narrowedTo === null ? null : canonicalJson([...wanted.narrowedTo]),
    expires_at,
    ended_at: null,
  };
};

/** Over at `expires_at` itself, when ended, when she signed out everywhere since, or when she was erased. */
export const isLive = (session: Session, subject: Subject, now: Instant): boolean =>
  session.ended_at === null &&
  now < session.expires_at &&
  subject.status !== "erased" &&
  (subject.sessions_valid_from === null || session.created_at >= subject.sessions_valid_from);

export const sessionPermissions = (session: Session, subject: Subject): readonly Permission[] =>
  effectivePermissions(
    subject.role,
    session.permissions === null ? null : (JSON.parse(session.permissions) as Permission[]),
  );

export const endSession = (session: Session, occasion: Occasion): Changes => ({
  expects: [],
  writes: [endOf(session, occasion.now)],
  audit: [auditEntry("session.ended", session.id, { everywhere: false }, occasion)],
});

const endOf = (session: Session, now: Instant): Write => ({
  op: "update",
  in: "sessions",
  id: session.id,
  version: session.version,
  set: { ended_at: now, updated_at: now },
});

/** Signs out everywhere in one write, however many sessions there are. */
export const endAllSessions = (subject: Subject, session: Session, occasion: Occasion): Changes => ({
  expects: [],
  writes: [
    {
      op: "update",
      in: "subjects",
      id: subject.id,
      version: subject.version,
      // The moment after now: a session of this very millisecond ends too.
      set: { sessions_valid_from: plus(occasion.now, 1), updated_at: occasion.now },
    },
  ],
  audit: [auditEntry("session.ended", session.id, { everywhere: true }, occasion)],
});

/**
 * Opens a session, together with whatever must be stored with it (a new subject, a spent link). The session that was
 * in use until now ends in the same commit: a token never survives a sign-in (session fixation).
 */
export const openSession = (
  subject: Subject,
  wanted: NewSession,
  related: {
    readonly expects: readonly Expectation[];
    readonly writes: readonly Write[];
    readonly replaced: Session | null;
    readonly told: AuditDetails["session.created"];
  },
  occasion: Occasion,
): { readonly session: Session; readonly changes: Changes } => {
  const session = newSession(subject, wanted, occasion.now);
  return {
    session,
    changes: withUse(
      {
        expects: related.expects,
        writes: [
          ...related.writes,
          { op: "insert", into: "sessions", row: session },
          ...(related.replaced === null ? [] : [endOf(related.replaced, occasion.now)]),
        ],
        audit: [auditEntry("session.created", session.id, related.told, occasion)],
      },
      subject,
      occasion,
    ),
  };
};
