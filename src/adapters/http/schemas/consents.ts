import { t } from "elysia";
import type { CurrentConsent } from "../../../app/application.ts";
import { type ConsentRecord, consentTypes, purposeStates } from "../../../domain/consent/consent.ts";
import type { ConsentStanding } from "../../../domain/consent/consent-in-force.ts";
import {
  CONSENT_METHODS,
  CONSENT_TYPES,
  OPTIONAL_CONSENT_TYPES,
} from "../../../domain/consent/consent-type.ts";
import { integer, named, nullable, oneOf, page, record, time, uuid } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

export const Purpose = named("Purpose", oneOf(CONSENT_TYPES));
const OptionalPurpose = named("OptionalPurpose", oneOf(OPTIONAL_CONSENT_TYPES));
const Method = named(
  "ConsentMethod",
  oneOf(CONSENT_METHODS, { description: "Where the decision was made; `banner` needs a notice_token." }),
);

const PurposeState = record({
  granted: t.Boolean(),
  withdrawn: t.Boolean(),
  decided_at: time(),
  given_at: nullable(time(), { description: "When it was last given; null: never" }),
  policy_version: integer(),
  expires_at: time(),
  gpc: t.Boolean({ description: "Decided while the browser sent Sec-GPC: 1" }),
});

export const Consent = named(
  "Consent",
  record(
    {
      id: uuid(),
      subject: uuid("Pseudonym of the person"),
      sequence: integer({ minimum: 1, description: "1, 2, 3 … within the subject" }),
      event: oneOf(["decided", "withdrawn"]),
      consent_types: t.Array(Purpose, { description: "Granted after this event; essential always" }),
      purpose_states: record(
        {
          functional: t.Optional(PurposeState),
          analytics: t.Optional(PurposeState),
          marketing: t.Optional(PurposeState),
        },
        {
          description: "What stood for each purpose after this event; a purpose never decided on is missing",
        },
      ),
      policy_version: integer(),
      language: nullable(t.String(), { description: "Of the notice that was shown; null without one" }),
      notice_hash: nullable(t.String()),
      method: Method,
      gpc: t.Boolean({ description: "Whether Sec-GPC: 1 was sent" }),
      timestamp: time(),
      expires_at: time(),
    },
    { description: "One event of a consent history. Never edited: a withdrawal is a new record." },
  ),
);

const Reason = named(
  "ConsentReason",
  oneOf(
    [
      "essential",
      "granted",
      "not-decided",
      "refused",
      "withdrawn",
      "expired",
      "outdated",
      "gpc",
      "not-offered",
      "restricted",
    ],
    {
      description:
        "`outdated`: the policy has changed materially since; `gpc`: her browser objects; `restricted`: her data may only be stored (GDPR Art. 18)",
    },
  ),
);

const Standing = named(
  "ConsentStanding",
  record({
    granted: t.Boolean(),
    reason: Reason,
    until: nullable(time(), { description: "When a grant runs out by itself" }),
  }),
);

export const CHECK_QUERY = {
  subject: uuid("Pseudonym of the person, as a session or a consent record names it"),
  purpose: Purpose,
};

export const ConsentCheck = named(
  "ConsentCheck",
  record({
    allowed: t.Boolean(),
    reason: Reason,
    until: nullable(time(), {
      description:
        "When it runs out by itself; null where it does not, or is not allowed. It may end before: ask again.",
    }),
  }),
);

export const CurrentConsentView = named(
  "CurrentConsent",
  record(
    {
      subject: nullable(uuid(), { description: "Null: a visitor who has decided nothing yet" }),
      policy_version: nullable(integer()),
      purposes: record({
        essential: Standing,
        functional: Standing,
        analytics: Standing,
        marketing: Standing,
      }),
      needs_decision: t.Boolean({ description: "True: show the banner" }),
      consent: nullable(Consent, { description: "The newest record" }),
    },
    { description: "What is in force now, `Sec-GPC` of this request considered." },
  ),
);

const Receipt = t.String({
  pattern: "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$",
  description:
    "Signed proof for whoever decided (compact JWS, EdDSA; keys at /.well-known/jwks.json). Its payload is described by /schemas/consent-receipt.json. Whoever holds it may withdraw and exercise the person's rights: keep it safe.",
});

export const RecordedConsentView = named(
  "RecordedConsent",
  record({ consent: Consent, current: CurrentConsentView, receipt: Receipt }),
);

export const ReceiptView = named("ConsentReceipt", record({ receipt: Receipt }));

export const ConsentPage = page("ConsentPage", Consent);

export const NewConsent = named(
  "NewConsent",
  record({
    decisions: record(
      {
        functional: t.Optional(t.Boolean()),
        analytics: t.Optional(t.Boolean()),
        marketing: t.Optional(t.Boolean()),
      },
      { description: "The answer for each purpose. What is left out is refused; essential is always on." },
    ),
    notice_token: t.Optional(nullable(t.String())),
    method: Method,
  }),
);

export const NewWithdrawal = named(
  "NewWithdrawal",
  record({
    purposes: t.Array(OptionalPurpose, { minItems: 1, uniqueItems: true }),
    method: t.Optional(Method),
  }),
);

export const consentBody = (consent: ConsentRecord) => ({
  id: consent.id,
  subject: consent.subject_id,
  sequence: consent.sequence,
  event: consent.event,
  consent_types: consentTypes(consent),
  purpose_states: Object.fromEntries(
    Object.entries(purposeStates(consent)).map(([type, state]) => [
      type,
      {
        ...state,
        decided_at: timeText(state.decided_at),
        given_at: timeTextOrNull(state.given_at ?? null),
        expires_at: timeText(state.expires_at),
      },
    ]),
  ),
  policy_version: consent.policy_version,
  language: consent.language,
  notice_hash: consent.notice_hash,
  method: consent.method,
  gpc: consent.gpc,
  timestamp: timeText(consent.timestamp),
  expires_at: timeText(consent.expires_at),
});

export const currentConsentBody = (current: CurrentConsent) => ({
  subject: current.subject,
  policy_version: current.policy_version,
  purposes: Object.fromEntries(
    Object.entries(current.standings).map(([type, { granted, reason, until }]) => [
      type,
      { granted, reason, until: until === null ? null : timeText(until) },
    ]),
  ),
  needs_decision: current.needs_decision,
  consent: current.record === null ? null : consentBody(current.record),
});

export const consentCheckBody = ({ granted, reason, until }: ConsentStanding) => ({
  allowed: granted,
  reason,
  until: until === null ? null : timeText(until),
});
