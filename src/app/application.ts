import type { CommentChoice } from "../domain/anonymization/erase-comment.ts";
import type { AuditEntry, StaffRead } from "../domain/audit/audit-entry.ts";
import type { OpenPayload } from "../domain/audit/log-leaf.ts";
import type { SignedReport, SignedReportKind } from "../domain/audit/signed-report.ts";
import type { TilePlace } from "../domain/audit/tiles.ts";
import type { CommentStatus, ModerationDecision } from "../domain/comments/comment.ts";
import type { FeatureFlag, FeatureFlags } from "../domain/configuration/feature-flags.ts";
import type { SystemConfiguration } from "../domain/configuration/system-configuration.ts";
import type { ConsentRecord } from "../domain/consent/consent.ts";
import type { ConsentStanding } from "../domain/consent/consent-in-force.ts";
import type { ConsentMethod, ConsentType, OptionalConsentType } from "../domain/consent/consent-type.ts";
import type { KantaraReceipt } from "../domain/consent/kantara-receipt.ts";
import type { DueAction } from "../domain/personal-data/catalogue.ts";
import type {
  PrivacyRequest,
  RefusalGround,
  RequestState,
  RequestType,
  RestrictionGround,
} from "../domain/privacy-requests/privacy-request.ts";
import type { ProcessingRecord } from "../domain/processing-record/processing-record.ts";
import type { DueCounts, PersonalCollection } from "../domain/retention/due-records.ts";
import type { LegalHold } from "../domain/retention/legal-hold.ts";
import type { HoldScope } from "../domain/retention/place-hold.ts";
import type { RetentionCategory } from "../domain/retention/retention-period.ts";
import type { RetentionTrigger } from "../domain/retention/retention-run.ts";
import type { TrailCounts } from "../domain/retention/trail-pruning.ts";
import type { Permission, Scope, UserRole } from "../domain/roles/role.ts";
import type { ServiceCredential } from "../domain/roles/service-credential.ts";
import type { Subject } from "../domain/roles/subject.ts";
import type { Json } from "../domain/shared/canonical-json.ts";
import type {
  AuditEntryId,
  CommentId,
  ConsentId,
  LegalHoldId,
  PrivacyRequestId,
  RetentionRunId,
  ServiceCredentialId,
  SignedReportId,
  SubjectId,
} from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";
import type { Result } from "../domain/shared/result.ts";
import type { PublishedKeys } from "../ports/document-signer.ts";
import type { Breaches } from "./breaches/breaches.ts";
import type { Asker, Caller, Principal } from "./caller.ts";
import type { Policies, PolicyPreview } from "./consent/policies.ts";
import type { AppError } from "./errors.ts";
import type { ArchiveFile } from "./privacy-requests/personal-archive.ts";
import type { Recipients } from "./recipients/recipients.ts";

export type Outcome<T> = Promise<Result<T, AppError>>;

/** What may be seen by whose it is, and by staff. */
export type Seen<View> = View & {
  /** By staff, and by nobody else: the trail is to be told. */
  readonly seen_as_staff: boolean;
};

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; null on the last page. */
  readonly next_cursor: string | null;
}

export interface AuditFilter {
  readonly action: string | null;
  /** An id or a type. */
  readonly resource: string | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
}

export interface AuditProof {
  readonly index: number;
  /** Canonical JSON: what is hashed into the tree. */
  readonly leaf: string;
  readonly path: readonly string[];
  readonly checkpoint: string;
  /** C2SP tlog-proof. */
  readonly tlog_proof: string;
  /** C2SP verifier keys, oldest first. */
  readonly verifier_keys: readonly string[];
  /** What the leaf commits to as having happened; null once its time is over. */
  readonly payload: OpenPayload | null;
}

export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  readonly cursor: string | null;
}

/** The policy as shown, with the proof that it was. */
export interface PolicyView extends PolicyPreview {
  readonly notice_token: string;
  readonly notice_token_expires_at: Instant;
  readonly banner_enabled: boolean;
}

export interface CurrentConsent {
  readonly subject: SubjectId | null;
  readonly policy_version: number | null;
  readonly record: ConsentRecord | null;
  readonly standings: Readonly<Record<ConsentType, ConsentStanding>>;
  readonly needs_decision: boolean;
}

export interface RecordedConsent {
  readonly record: ConsentRecord;
  /** JWS; its holder may show it instead of a session. */
  readonly receipt: string;
  readonly current: CurrentConsent;
  /** Value for the HttpOnly subject cookie; null unless the visitor became a subject by this very decision. */
  readonly subject_token: string | null;
}

export interface SessionView {
  readonly subject: SubjectId;
  readonly role: UserRole;
  readonly permissions: readonly Permission[];
  readonly expires_at: Instant;
}

export interface NewSessionView extends SessionView {
  /** Shown once. */
  readonly token: string;
  readonly return_to: string | null;
}

/** A comment as its reader may see it. `content` and `author_name` are null in a place-holder. */
export interface CommentView {
  readonly id: CommentId;
  readonly thread: string;
  readonly parent_id: CommentId | null;
  readonly root_id: CommentId;
  readonly depth: number;
  readonly author_name: string | null;
  readonly content: string | null;
  readonly status: CommentStatus;
  readonly created_at: Instant;
  readonly edited_at: Instant | null;
  /** Where it was imported from (GDPR Art. 14); null when posted here. */
  readonly source: string | null;
  /** Version, for ETag and If-Match. */
  readonly version: number;
}

export interface ThreadRoot extends CommentView {
  /** The first replies of the whole branch, oldest first; `parent_id` tells the nesting. */
  readonly replies: readonly CommentView[];
  /** Goes on with this branch's replies; null when all are here. */
  readonly replies_cursor: string | null;
}

export interface PostedComment {
  readonly comment: CommentView;
  /** Shown once: edits and removes this comment and nothing else. */
  readonly edit_token: string;
}

export interface QueuedComment extends CommentView {
  readonly queued_at: Instant;
}

/** A configuration record as an admin may see it: a sensitive value is never shown again. */
export interface ConfigurationView extends Omit<SystemConfiguration, "value"> {
  readonly value: string | null;
}

/** A feature flag: what is in force, where it comes from, and the version of what is stored (null: nothing is). */
export interface FlagView {
  readonly key: FeatureFlag;
  readonly enabled: boolean;
  readonly source: "default" | "environment" | "stored";
  readonly version: number | null;
}

/** How long a collection's records are kept, and what becomes of them then. */
export interface RetentionPolicyView {
  readonly collection: string;
  readonly purpose: string;
  /** Null: nothing personal, or kept as long as what it belongs to. */
  readonly category: RetentionCategory | null;
  readonly days: number | null;
  readonly due: DueAction | "never";
}

type RecordCounts = Readonly<Partial<Record<PersonalCollection, number>>>;

export interface RetentionView {
  readonly policies: readonly RetentionPolicyView[];
  /** Records whose period is over: what a run would look at now, held ones too. */
  readonly due_now: RecordCounts;
  readonly forecast: readonly {
    readonly from: Instant;
    readonly until: Instant;
    readonly records: RecordCounts;
  }[];
}

export interface RetentionRunView {
  readonly id: RetentionRunId;
  readonly dry_run: boolean;
  readonly trigger: RetentionTrigger;
  readonly status: "running" | "finished";
  readonly due: Instant;
  readonly started_at: Instant;
  readonly finished_at: Instant | null;
  readonly resumed: number;
  readonly collections: Readonly<Partial<Record<PersonalCollection, DueCounts>>>;
  /** Of the audit trail; null where it was not counted. */
  readonly trail: TrailCounts | null;
  /** Signed (compact JWS); null while it runs. */
  readonly report: string | null;
}

/** What somebody asks by right. What does not belong to the type is null. */
export interface PrivacyRequestInput {
  readonly type: RequestType;
  readonly statement: string | null;
  readonly comments: CommentChoice | null;
  readonly purpose: ConsentType | null;
  readonly ground: Exclude<RestrictionGround, "objection_pending"> | null;
  readonly rectification: {
    readonly name: string | null;
    readonly email: string | null;
    readonly comment: { readonly id: CommentId; readonly content: string } | null;
  } | null;
}

/** A privacy request with its texts in the clear, as the person and the operators read it. */
export interface PrivacyRequestView
  extends Pick<
    PrivacyRequest,
    | "id"
    | "type"
    | "state"
    | "channel"
    | "comments"
    | "purpose"
    | "restriction_ground"
    | "received_at"
    | "target_at"
    | "due_at"
    | "unsuspended_due_at"
    | "extended_at"
    | "effective_at"
    | "hindrance"
    | "refusal_ground"
    | "closed_at"
    | "lift_at"
    | "lifted_at"
  > {
  readonly subject: SubjectId | null;
  readonly statement: string | null;
  readonly contact: string | null;
  readonly clock: "running" | "stopped" | "ended";
  readonly late: boolean;
  readonly extension_reason: string | null;
  readonly answer: string | null;
}

/** The same for those who answer it. */
export interface InboxRequest extends PrivacyRequestView {
  /** What keeps an erasure from ending: columns and kinds of files where she is still found, and in how many records. */
  readonly places: readonly { readonly place: string; readonly records: number }[];
}

/** Bearer tokens and cookies as they came, at most one of each. */
export interface Credentials {
  /** The text after `Bearer `; null without the header. */
  readonly bearer: string | null;
  readonly session_cookie: string | null;
  readonly subject_cookie: string | null;
}

/** The table of contents: everything the service can do. Each use case stands in its own file under app/. */
export interface Application {
  readonly consent: {
    /** `not-found` before a policy has been published. */
    showPolicy(languages: readonly string[]): Outcome<PolicyView>;
    recordConsent(
      caller: Caller,
      input: {
        readonly decisions: Readonly<Partial<Record<OptionalConsentType, boolean>>>;
        readonly notice_token: string | null;
        readonly method: ConsentMethod;
      },
    ): Outcome<RecordedConsent>;
    withdrawConsent(
      caller: Caller,
      input: { readonly purposes: readonly OptionalConsentType[]; readonly method: ConsentMethod },
    ): Outcome<RecordedConsent>;
    currentConsent(caller: Caller): Outcome<CurrentConsent>;
    /** For a program: may this purpose be processed for this subject now? An id that is nobody's has decided nothing. */
    checkConsent(
      caller: Caller,
      input: { readonly subject: SubjectId; readonly purpose: ConsentType },
    ): Outcome<ConsentStanding>;
    /** The receipt of one's own decision (JWS). */
    readReceipt(caller: Caller, id: ConsentId): Outcome<string>;
    /** Of the entry that a receipt names; `not-found` until it is in the tree, and once the person was erased. */
    proveReceipt(caller: Caller, id: ConsentId): Outcome<AuditProof>;
    readKantaraReceipt(caller: Caller, id: ConsentId): Outcome<KantaraReceipt>;
    consentHistory(caller: Caller, page: PageRequest): Outcome<Page<ConsentRecord>>;
  };
  readonly policies: Policies;
  readonly sessions: {
    /** A bad bearer is an error; a bad cookie is no credential. The bearer wins over cookies, the session over the visitor. */
    authenticate(credentials: Credentials): Outcome<Principal>;
    /** What is known of a program without asking the store: who it is, or that it was live lately; null: nothing. */
    recallProgram(credentials: Credentials): Principal | "known" | null;
    /** The same answer whether the address is known or not. */
    requestSignInLink(
      caller: Caller,
      input: { readonly email: string; readonly return_to: string | null },
    ): Outcome<null>;
    signIn(caller: Caller, input: { readonly link_token: string }): Outcome<NewSessionView>;
    createServiceSession(
      caller: Caller,
      input: { readonly external_user_id: string; readonly permissions: readonly Permission[] | null },
    ): Outcome<NewSessionView>;
    currentSession(caller: Caller): Outcome<SessionView>;
    signOut(caller: Caller): Outcome<null>;
    signOutEverywhere(caller: Caller): Outcome<null>;
  };
  readonly comments: {
    listThread(
      caller: Caller,
      input: {
        readonly thread: string;
        readonly page: PageRequest;
        /** Pages the replies of one root instead of the roots. */
        readonly root: CommentId | null;
        /** Moderators only: everything with this status, flat. */
        readonly status: CommentStatus | null;
      },
    ): Outcome<Page<ThreadRoot>>;
    postComment(
      caller: Caller,
      input: {
        readonly thread: string;
        readonly content: string;
        readonly author_name: string;
        readonly author_email: string | null;
        readonly parent_id: CommentId | null;
        readonly notify_replies: boolean;
        readonly gdpr_consent: boolean;
      },
    ): Outcome<PostedComment>;
    readComment(caller: Caller, id: CommentId): Outcome<Seen<CommentView>>;
    editComment(
      caller: Caller,
      input: { readonly id: CommentId; readonly version: number; readonly content: string },
    ): Outcome<CommentView>;
    removeComment(caller: Caller, input: { readonly id: CommentId; readonly version: number }): Outcome<null>;
    reportComment(caller: Caller, input: { readonly id: CommentId; readonly reason: string }): Outcome<null>;
    moderateComment(
      caller: Caller,
      input: {
        readonly id: CommentId;
        readonly decision: ModerationDecision;
        readonly reason: string | null;
      },
    ): Outcome<CommentView>;
    moderationQueue(caller: Caller, page: PageRequest): Outcome<Page<QueuedComment>>;
  };
  readonly privacyRequests: {
    file(caller: Caller, input: PrivacyRequestInput): Outcome<PrivacyRequestView>;
    list(caller: Caller, page: PageRequest): Outcome<Page<PrivacyRequestView>>;
    read(caller: Caller, id: PrivacyRequestId): Outcome<Seen<PrivacyRequestView>>;
    /** Files to be read once, in order. Answers the request; `request-state-conflict` where it is not to be answered so. */
    exportArchive(caller: Caller, id: PrivacyRequestId): Outcome<readonly ArchiveFile[]>;
    /** The same, for an operator to hand to an identified person who has no credential here; answers nothing by itself. */
    handOver(caller: Caller, id: PrivacyRequestId): Outcome<readonly ArchiveFile[]>;
    /** Until an erasure has begun; the person's own restriction at any time. */
    cancel(caller: Caller, id: PrivacyRequestId): Outcome<PrivacyRequestView>;
    /** By the link in the mail: no other credential is looked at. */
    confirm(
      caller: Caller,
      input: { readonly id: PrivacyRequestId; readonly token: string },
    ): Outcome<PrivacyRequestView>;
    /** `state` null: whatever is not answered. */
    inbox(
      caller: Caller,
      input: {
        readonly page: PageRequest;
        readonly state: RequestState | null;
        readonly type: RequestType | null;
      },
    ): Outcome<Page<InboxRequest>>;
    /** `received_at` null: now. */
    enter(
      caller: Caller,
      input: Omit<PrivacyRequestInput, "rectification"> & {
        readonly email: string;
        readonly received_at: Instant | null;
      },
    ): Outcome<PrivacyRequestView>;
    extend(
      caller: Caller,
      input: { readonly id: PrivacyRequestId; readonly reason: string },
    ): Outcome<PrivacyRequestView>;
    refuse(
      caller: Caller,
      input: {
        readonly id: PrivacyRequestId;
        readonly ground: RefusalGround;
        readonly reason: string;
      },
    ): Outcome<PrivacyRequestView>;
    /** Of an objection, a contested correction, or whatever is answered by hand. */
    decide(
      caller: Caller,
      input: {
        readonly id: PrivacyRequestId;
        readonly decision: "granted" | "rejected";
        readonly reason: string;
      },
    ): Outcome<PrivacyRequestView>;
    askIdentity(caller: Caller, id: PrivacyRequestId): Outcome<PrivacyRequestView>;
    /** `subject`: whose request it is, where that was not known. */
    confirmIdentity(
      caller: Caller,
      input: { readonly id: PrivacyRequestId; readonly subject: SubjectId | null },
    ): Outcome<PrivacyRequestView>;
    /** The restriction ends some days after the person has been told (GDPR Art. 18(3)). */
    announceLift(
      caller: Caller,
      input: { readonly id: PrivacyRequestId; readonly reason: string },
    ): Outcome<PrivacyRequestView>;
  };
  readonly notifications: {
    /** `not-found` when the link was not made here. Changes nothing. */
    checkUnsubscribeLink(token: string): Outcome<null>;
    /** Whoever holds the link stops every notification to its person; doing it again changes nothing. */
    unsubscribe(caller: Caller, token: string): Outcome<null>;
  };
  readonly roles: {
    /** `version`: what If-Match named. */
    changeRole(
      caller: Caller,
      input: { readonly subject: SubjectId; readonly role: UserRole; readonly version: number | null },
    ): Outcome<Subject>;
    readSubject(caller: Caller, id: SubjectId): Outcome<Subject>;
    /** From the command line only: makes this address an admin, known or not. */
    addAdmin(email: string): Outcome<{ readonly subject: SubjectId; readonly already: boolean }>;
  };
  readonly serviceCredentials: {
    create(
      caller: Caller | "cli",
      input: { readonly name: string; readonly scopes: readonly Scope[] },
    ): Outcome<{ readonly credential: ServiceCredential; readonly token: string }>;
    list(caller: Caller, page: PageRequest): Outcome<Page<ServiceCredential>>;
    revoke(caller: Caller, id: ServiceCredentialId): Outcome<null>;
  };
  readonly legalHolds: {
    place(
      caller: Caller,
      input: { readonly scope: HoldScope; readonly on: string; readonly reason: string },
    ): Outcome<LegalHold>;
    list(caller: Caller, page: PageRequest): Outcome<Page<LegalHold>>;
    lift(caller: Caller, id: LegalHoldId): Outcome<null>;
  };
  readonly breaches: Breaches;
  readonly recipients: Recipients;
  /** GDPR Art. 30(1), as it is right now. */
  processingRecord(caller: Caller): Outcome<ProcessingRecord>;
  readonly configuration: {
    read(caller: Caller, key: string): Outcome<ConfigurationView>;
    list(caller: Caller, page: PageRequest): Outcome<Page<ConfigurationView>>;
    /** `version` null creates (`precondition-required` when the key is there), else changes just that version. */
    write(
      caller: Caller,
      input: {
        readonly key: string;
        readonly value: string;
        readonly description: string | null;
        readonly is_sensitive: boolean;
        readonly version: number | null;
      },
    ): Outcome<ConfigurationView>;
    remove(caller: Caller, input: { readonly key: string; readonly version: number | null }): Outcome<null>;
  };
  readonly flags: {
    list(caller: Caller): Outcome<readonly FlagView[]>;
    read(caller: Caller, key: string): Outcome<FlagView>;
    /** `version` null: the first stored value, else changes just that version. */
    write(
      caller: Caller,
      input: { readonly key: string; readonly enabled: boolean; readonly version: number | null },
    ): Outcome<FlagView>;
    /** What clients may evaluate: every flag, as this instance has it in force. */
    evaluate(caller: Caller): Outcome<FeatureFlags>;
  };
  readonly retention: {
    /** `weeks`: how far the forecast looks, 1 to 52. */
    show(caller: Caller, input: { readonly weeks: number }): Outcome<RetentionView>;
    /** `retention-run-under-way` while there is one. */
    start(caller: Caller, input: { readonly dry_run: boolean }): Outcome<RetentionRunView>;
    runs(caller: Caller, page: PageRequest): Outcome<Page<RetentionRunView>>;
    run(caller: Caller, id: RetentionRunId): Outcome<RetentionRunView>;
  };
  readonly reports: {
    /** Newest first. */
    list(caller: Caller, kind: SignedReportKind, page: PageRequest): Outcome<Page<SignedReport>>;
    read(caller: Caller, id: SignedReportId): Outcome<SignedReport>;
  };
  readonly access: {
    /** Tells the trail that staff read personal data; resolves when it is stored. */
    staffRead(caller: Caller, read: StaffRead): Promise<void>;
    /** Counts a request that was denied; the trail is told at the next flush. `problem` is a problem's code. */
    denied(asker: Asker, problem: string): void;
    flush(): Promise<void>;
  };
  readonly idempotency: {
    /** `operation` names method and path. `again`: the answer that was kept. `first`: call `end` when it is answered. */
    begin(
      caller: Caller,
      request: { readonly key: string; readonly operation: string; readonly body: Json },
    ): Outcome<
      | { readonly kind: "first"; readonly caller: Caller; readonly end: () => void }
      | { readonly kind: "again"; readonly answer: string }
    >;
  };
  readonly audit: {
    /** The newest signed checkpoint; not found before the first. */
    checkpoint(): Outcome<string>;
    /** C2SP verifier keys, oldest first: every key that ever signed a checkpoint. */
    keys(): Outcome<readonly string[]>;
    /** The hashes of a tile; not found while it is not so wide. */
    tile(tile: TilePlace & { readonly width: number }): Outcome<Uint8Array>;
    list(caller: Caller, filter: AuditFilter, page: PageRequest): Outcome<Page<AuditEntry>>;
    proof(caller: Caller, id: AuditEntryId): Outcome<AuditProof>;
  };
  readonly documents: {
    /** What receipts and reports are checked with, and what they are not checked with any more, newest first. */
    publicKeys(): Outcome<PublishedKeys>;
  };
  readonly health: {
    /** What does not work, by name; empty when all is well. */
    failing(): Promise<readonly ("database" | "migrations")[]>;
  };
}
