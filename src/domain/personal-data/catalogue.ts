import type { AuditEntry } from "../audit/audit-entry.ts";
import type { RetentionCategory } from "../retention/retention-period.ts";
import {
  about,
  type FieldRule,
  gdpr,
  internal,
  none,
  ownId,
  sealed,
  secret,
  staffWords,
  stored,
  subject,
  time,
  trace,
  words,
} from "./field-rules.ts";
import type { Records } from "./records.ts";

/**
 * What becomes of a record whose period is over (GDPR Art. 5(1)(e)). `delete`: it goes. `blank`: it goes, but one with
 * replies stays as an empty place-holder until they are gone. `sever`: her vault is emptied; the pseudonym goes once
 * nothing speaks of it. `with-subject`: goes when its subject is severed. `own-task`: not the retention run's business.
 */
export type DueAction = "delete" | "blank" | "sever" | "with-subject" | "own-task";

/** A period without an action, or an action without a period, does not compile. */
type Kept =
  | { readonly retention: RetentionCategory; readonly due: DueAction }
  /** No personal data, or kept as long as the record it belongs to. */
  | { readonly retention: null; readonly due: "never" };

export type CollectionRule<R> = Kept & {
  /** Why it is kept, for the record of processing (GDPR Art. 30(1)(b)). */
  readonly purpose: string;
  /** Where the period is not that of the category from the moment it is stored: at most so many days, or what it counts from. */
  readonly kept?: { readonly days: number } | { readonly days?: never; readonly from: string };
  /** What erasing the person does to the record as a whole, before the fields: `delete` leaves nothing of it. */
  readonly erasure: "delete" | "fields";
  readonly fields: { readonly [F in keyof R]-?: FieldRule };
};

/** Every stored field of every collection. A new field without a rule does not compile. */
export type Catalogue = { readonly [C in keyof Records]: CollectionRule<Records[C]> } & {
  readonly audit_entries: CollectionRule<AuditEntry>;
};

/** A mail goes once it is sent; a letter that the law asks for is tried for longer than news are. */
export const LETTER_DAYS = 30;

export const CATALOGUE: Catalogue = {
  subjects: {
    purpose: "Know a person's role and rights by a pseudonym",
    retention: "user_data",
    due: "sever",
    kept: { from: "the person was last here" },
    erasure: "fields",
    fields: { ...gdpr, id: subject, role: about, status: about, sessions_valid_from: time },
  },
  identities: {
    purpose: "Let a person sign in, and reach her about what she wrote",
    retention: "user_data",
    due: "with-subject",
    kept: { from: "the person was last here" },
    erasure: "delete",
    fields: { ...gdpr, subject_id: subject, kind: none, blind_index: secret, ciphertext: sealed },
  },
  consents: {
    purpose: "Prove what a person consented to (GDPR Art. 7(1))",
    retention: "user_data",
    due: "delete",
    kept: { from: "the decision is no longer in force" },
    erasure: "fields",
    fields: {
      ...gdpr,
      subject_id: subject,
      sequence: none,
      event: about,
      consent_types: about,
      purpose_states: { ...about, mask: "shifted-json" },
      policy_version: none,
      language: about,
      // A copy holds no proof of anybody's consent.
      notice_hash: { ...none, mask: "drop" },
      method: about,
      gpc: about,
      timestamp: time,
      expires_at: time,
      audit_entry_id: { ...ownId, erasure: "blank", mask: "drop" },
      ip_hash: trace,
      user_agent_hash: trace,
    },
  },
  consent_policies: {
    purpose: "Say what is asked for and show any version of it again",
    retention: null,
    due: "never",
    erasure: "fields",
    fields: {
      ...stored,
      id: ownId,
      policy_version: none,
      status: none,
      content: none,
      material_version: none,
      published_at: none,
    },
  },
  sign_in_links: {
    purpose: "Let a person sign in without a password",
    retention: "user_data",
    due: "delete",
    kept: { days: 1 },
    erasure: "delete",
    fields: {
      ...gdpr,
      token_hash: secret,
      email_index: secret,
      email_ciphertext: sealed,
      return_to: { ...about, mask: "drop" },
      expires_at: time,
      used_at: time,
    },
  },
  sessions: {
    purpose: "Keep a person signed in for at most a day",
    retention: "user_data",
    due: "delete",
    kept: { days: 1 },
    erasure: "delete",
    fields: {
      ...gdpr,
      token_hash: secret,
      subject_id: subject,
      permissions: about,
      expires_at: time,
      ended_at: time,
    },
  },
  comments: {
    purpose: "Publish what a person wanted to say",
    retention: "comments",
    due: "blank",
    erasure: "fields",
    fields: {
      ...gdpr,
      thread: { ...about, mask: "fresh-name" },
      subject_id: subject,
      parent_id: ownId,
      root_id: ownId,
      depth: none,
      content: words,
      status: about,
      queued_at: time,
      moderated_at: time,
      moderation_note: words,
      edited_at: time,
      edit_token_hash: secret,
      notify_replies: about,
      source: none,
      source_id: { ...subject, erasure: "blank", mask: "drop" },
    },
  },
  comment_reports: {
    purpose: "Look into what readers report",
    retention: "comments",
    due: "delete",
    kept: { from: "the comment was written" },
    erasure: "fields",
    fields: { ...gdpr, comment_id: ownId, subject_id: { ...subject, erasure: "blank" }, reason: words },
  },
  outgoing_mails: {
    purpose: "Send a person the sign-in link she asked for, and tell her what became of her comments",
    retention: "user_data",
    due: "delete",
    kept: { days: LETTER_DAYS },
    erasure: "delete",
    fields: {
      ...gdpr,
      kind: none,
      subject_id: subject,
      message: sealed,
      message_id: { ...internal, mask: "drop" },
      attempts: internal,
      next_attempt_at: { ...internal, mask: "shifted-time" },
    },
  },
  mail_preferences: {
    purpose: "Leave a person alone who does not want to be told by mail (GDPR Art. 21)",
    retention: "user_data",
    due: "with-subject",
    kept: { from: "the person was last here" },
    erasure: "delete",
    fields: { ...gdpr, subject_id: subject, notifications: about },
  },
  privacy_requests: {
    purpose: "Answer what people ask of us by right, in time, and prove that we did (GDPR Art. 5(2), 12)",
    retention: "user_data",
    due: "delete",
    kept: { from: "it was answered, and what it restricts is free again" },
    erasure: "fields",
    fields: {
      ...gdpr,
      subject_id: subject,
      type: about,
      state: about,
      channel: about,
      comments: about,
      purpose: about,
      restriction_ground: about,
      statement: sealed,
      rectification: sealed,
      contact: sealed,
      received_at: time,
      target_at: time,
      due_at: time,
      unsuspended_due_at: time,
      suspended_since: time,
      suspended_ms: none,
      extended_at: time,
      extension_reason: sealed,
      effective_at: time,
      hindrance: about,
      token_hash: secret,
      refusal_ground: about,
      answer: sealed,
      closed_at: time,
      lift_at: time,
      lifted_at: time,
      reminded: internal,
      wakes_at: { ...internal, mask: "shifted-time" },
    },
  },
  idempotent_answers: {
    purpose: "Answer a repeated request as the first time, without doing it twice",
    retention: "user_data",
    due: "own-task",
    kept: { days: 1 },
    erasure: "delete",
    fields: {
      ...gdpr,
      id: secret,
      subject_id: subject,
      fingerprint: secret,
      // Holds what was given once: tokens that open something. What else it says is in the records themselves.
      answer: { ...sealed, export: "omit" },
      expires_at: time,
    },
  },
  legal_holds: {
    purpose: "Keep what a legal claim needs (GDPR Art. 17(3)(e)), and account for why it was kept",
    retention: "user_data",
    due: "delete",
    erasure: "fields",
    fields: {
      ...gdpr,
      // The id of somebody who was erased leads to nobody.
      subject_id: { ...subject, erasure: "keep" },
      record_id: { ...about, mask: "drop" },
      // In the words of staff, who are told to name no person.
      reason: { ...about, export: "omit", mask: "drop", neverLog: true },
      since: time,
      lifted_at: time,
    },
  },
  signed_reports: {
    purpose: "Prove what was erased, deleted and restored (GDPR Art. 5(2))",
    retention: "audit_trail",
    due: "delete",
    erasure: "fields",
    fields: { ...gdpr, kind: none, document: { ...internal, mask: "drop" } },
  },
  retention_runs: {
    purpose: "Go on with a retention run that was interrupted, and account for what it did (GDPR Art. 5(2))",
    retention: "audit_trail",
    due: "delete",
    erasure: "fields",
    fields: {
      ...gdpr,
      dry_run: internal,
      trigger: internal,
      due: { ...internal, mask: "shifted-time" },
      running: internal,
      resumed: internal,
      finished_at: { ...internal, mask: "shifted-time" },
      progress: { ...internal, mask: "drop" },
      report_id: internal,
    },
  },
  erasures: {
    purpose: "Carry an erasure out to its end, and show that it was (GDPR Art. 5(2), 17)",
    retention: "audit_trail",
    due: "delete",
    kept: { from: "its end" },
    erasure: "fields",
    fields: {
      ...gdpr,
      // The id of somebody whose vault is empty leads to nobody.
      subject_id: { ...subject, erasure: "keep" },
      comments: about,
      status: internal,
      step: internal,
      cursor: { ...internal, mask: "drop" },
      // Destroyed with the end of the erasure that needs it.
      work: { ...sealed, erasure: "blank", export: "omit" },
      counts: internal,
      places: internal,
      held_by: internal,
      next_attempt_at: { ...internal, mask: "shifted-time" },
      finished_at: time,
      report_id: internal,
      original_data_hash: { ...internal, mask: "drop" },
    },
  },
  webhooks: {
    purpose: "Know the recipients of personal data, and tell them what became of these (GDPR Art. 19)",
    retention: null,
    due: "never",
    erasure: "fields",
    fields: {
      ...stored,
      id: ownId,
      name: none,
      url: internal,
      events: internal,
      secret,
      previous_secret: secret,
      previous_secret_until: internal,
      disabled_at: internal,
      removed_at: internal,
    },
  },
  webhook_deliveries: {
    purpose:
      "Prove that each recipient was told of erasure, rectification, restriction and withdrawal (GDPR Art. 19)",
    retention: "user_data",
    due: "delete",
    erasure: "fields",
    fields: {
      ...gdpr,
      webhook_id: none,
      subject_id: { ...subject, erasure: "blank" },
      event: about,
      // What else a recipient was to be told of a person is overtaken by her erasure. The notice of the erasure itself
      // is stored without `subject_id`, so that erasing does not find it; it ends with its acknowledgement.
      message: trace,
      attempts: internal,
      next_attempt_at: { ...internal, mask: "shifted-time" },
      last_attempt_at: time,
      last_outcome: internal,
      last_status: internal,
      delivered_at: time,
      acknowledged_at: time,
      acknowledgement_due_at: time,
      closed_at: time,
    },
  },
  breaches: {
    purpose: "Document every breach of personal data, its effects and what was done (GDPR Art. 33(5))",
    retention: "audit_trail",
    due: "delete",
    erasure: "fields",
    fields: {
      ...gdpr,
      nature: staffWords,
      person_categories: staffWords,
      persons: internal,
      record_categories: staffWords,
      records: internal,
      contact: staffWords,
      consequences: staffWords,
      measures: staffWords,
      aware_at: { ...internal, mask: "shifted-time" },
      risk: internal,
      data_unintelligible: internal,
      persons_exemption: internal,
      phases: staffWords,
      notified_at: { ...internal, mask: "shifted-time" },
      late_reason: staffWords,
      persons_told_at: { ...internal, mask: "shifted-time" },
    },
  },
  service_credentials: {
    purpose: "Let other programs of the controller use the service",
    retention: null,
    due: "never",
    erasure: "fields",
    fields: {
      ...stored,
      id: ownId,
      name: internal,
      scopes: internal,
      token_hash: secret,
      revoked_at: internal,
    },
  },
  system_config: {
    purpose: "Keep settings that change while the service runs",
    retention: null,
    due: "never",
    erasure: "fields",
    fields: {
      ...stored,
      key: internal,
      value: { ...internal, mask: "drop", neverLog: true },
      description: internal,
      is_sensitive: internal,
      updated_by: { ...internal, class: "pseudonymous", erasure: "rekey", mask: "drop" },
    },
  },
  keys: {
    purpose: "Hash and find what must not be readable, and forget how when the time is over",
    retention: null,
    due: "never",
    erasure: "fields",
    fields: { ...stored, id: internal, wrapped: secret, destroy_at: internal },
  },
  guards: {
    purpose: "Keep decisions that span several records apart",
    retention: null,
    due: "never",
    erasure: "fields",
    fields: { ...stored, id: internal },
  },
  restore_points: {
    purpose: "Know what a restored copy has to catch up with",
    retention: null,
    due: "never",
    erasure: "fields",
    fields: { ...stored, id: internal, ledger_position: internal },
  },
  audit_entries: {
    purpose: "Account for every change (GDPR Art. 5(2))",
    retention: "audit_trail",
    due: "own-task",
    erasure: "fields",
    fields: {
      ...gdpr,
      action: about,
      resource_type: none,
      resource_id: { ...subject, erasure: "keep" },
      user_id_hash: { ...trace, erasure: "blank" },
      ip_address_hash: trace,
      user_agent_hash: trace,
      details: about,
      salts: { ...internal, mask: "drop", neverLog: true },
      seal: { ...internal, mask: "drop" },
      commitments: { ...internal, mask: "drop" },
      unlinked_mark: { ...internal, mask: "drop" },
    },
  },
};
