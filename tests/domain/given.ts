// What the tables start from. Times are spelled as days and hours from T0, so that a row can be read without a calendar.
import type { Occasion } from "../../src/domain/audit/audit-entry.ts";
import { SYSTEM } from "../../src/domain/audit/audit-entry.ts";
import type { Comment } from "../../src/domain/comments/comment.ts";
import type { ConsentPolicy, PolicyContent, ShownNotice } from "../../src/domain/consent/consent-policy.ts";
import type { ConsentType } from "../../src/domain/consent/consent-type.ts";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import type { Controller } from "../../src/domain/controller/controller.ts";
import type { CountryCode } from "../../src/domain/controller/country-codes.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import { newSubject, type Subject } from "../../src/domain/roles/subject.ts";
import { canonicalJson, type Json } from "../../src/domain/shared/canonical-json.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import type {
  AuditEntryId,
  CommentId,
  ConsentPolicyId,
  KeyedHash,
  SubjectId,
  TokenHash,
} from "../../src/domain/shared/ids.ts";
import { DAY, type Instant } from "../../src/domain/shared/instant.ts";

/** 2026-03-02T12:00:00Z */
export const T0 = 1_772_452_800_000 as Instant;

export const after = (milliseconds: number): Instant => (T0 + milliseconds) as Instant;

export const days = (count: number): Instant => after(count * DAY);

export const CONTROLLER: Controller = {
  name: "Owl Press",
  contact: "privacy@example.org",
  address: "Uilenweg 1, 1000 AA Amsterdam",
  country: "NL" as CountryCode,
  dpo: "https://example.org/dpo",
  dataLocation: "DE" as CountryCode,
};

export const id = <Id extends string>(number: number): Id =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}` as Id;

export const ADA = id<SubjectId>(0xada);
export const BOB = id<SubjectId>(0xb0b);

export const hash = <H extends string = TokenHash>(letter: string): H => letter.repeat(64) as H;

export const occasion = (now: Instant = T0, actor: Occasion["actor"] = SYSTEM): Occasion => ({
  now,
  actor,
  audit_id: id<AuditEntryId>(0xa0d17),
  retention: DEFAULT_RETENTION,
});

/** Somebody whose traces a request left. */
export const TRACED: Occasion["actor"] = {
  user_id_hash: hash<KeyedHash>("a"),
  ip_hash: hash<KeyedHash>("b"),
  user_agent_hash: hash<KeyedHash>("c"),
};

export const subject = (fields: Partial<Subject> = {}): Subject => ({
  ...newSubject(ADA, "commenter", T0, DEFAULT_RETENTION),
  ...fields,
});

export const policy = (
  fields: {
    readonly version?: number;
    readonly material?: number;
    readonly content?: Partial<PolicyContent>;
  } = {},
): ConsentPolicy => ({
  id: id<ConsentPolicyId>(0x901),
  created_at: T0,
  updated_at: T0,
  version: 1,
  policy_version: fields.version ?? 1,
  status: "published",
  content: canonicalJson({ ...DEFAULT_POLICY, ...fields.content } as unknown as Json),
  material_version: fields.material ?? 1,
  published_at: T0,
});

export const EVERYTHING: readonly ConsentType[] = ["essential", "functional", "analytics", "marketing"];

export const notice = (purposes: readonly ConsentType[] = EVERYTHING): ShownNotice => ({
  policy_version: 1,
  language: "en",
  notice_hash: hash<string>("d"),
  purposes,
  shown_at: T0,
});

export const comment = (fields: Partial<Comment> = {}): Comment => ({
  ...newGdprRecord(id<CommentId>(0xc0), T0, days(2190)),
  consent_given: true,
  consent_timestamp: T0,
  thread: "/posts/1",
  subject_id: ADA,
  parent_id: null,
  root_id: id<CommentId>(0xc0),
  depth: 0,
  content: "<p>Hello</p>",
  status: "approved",
  queued_at: null,
  moderated_at: null,
  moderation_note: null,
  edited_at: null,
  edit_token_hash: hash("e"),
  notify_replies: false,
  source: null,
  source_id: null,
  ...fields,
});
