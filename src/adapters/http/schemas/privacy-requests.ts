import { t } from "elysia";
import type { InboxRequest, PrivacyRequestView } from "../../../app/application.ts";
import { COMMENT_CHOICES } from "../../../domain/anonymization/erase-comment.ts";
import { AUTHOR_NAME_MAX, CONTENT_MAX } from "../../../domain/comments/comment.ts";
import { CONSENT_TYPES } from "../../../domain/consent/consent-type.ts";
import {
  ANSWER_MAX,
  REFUSAL_GROUNDS,
  REQUEST_CHANNELS,
  REQUEST_STATES,
  REQUEST_TYPES,
  RESTRICTION_GROUNDS,
  STATEMENT_MAX,
} from "../../../domain/privacy-requests/privacy-request.ts";
import { integer, named, nullable, oneOf, PAGE_QUERY, page, record, text, time, uuid } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

const Type = named("PrivacyRequestType", oneOf(REQUEST_TYPES));
const State = named(
  "PrivacyRequestState",
  oneOf(REQUEST_STATES, {
    description:
      "`awaiting_confirmation`: a link was mailed to the address on file; `awaiting_identity`: asked who she is, the clock stands still; `open`: to be answered; `scheduled`: an erasure with a date; `running`: an erasure under way; the rest is final",
  }),
);
const Choice = oneOf(COMMENT_CHOICES, {
  description: "Of an erasure: the text of her comments stays without its author, or goes too",
});
const Purpose = oneOf(CONSENT_TYPES, { description: "Of an objection: what must no longer be done" });
const ASKED_GROUNDS = ["accuracy_contested", "processing_unlawful", "needed_for_claims"] as const;

const details = {
  statement: t.Optional(nullable(text(STATEMENT_MAX), { description: "In the person's own words" })),
  comments: t.Optional(nullable(Choice, { description: "An erasure needs it, nothing else takes it" })),
  purpose: t.Optional(nullable(Purpose, { description: "An objection needs it, nothing else takes it" })),
  ground: t.Optional(
    nullable(oneOf(ASKED_GROUNDS), {
      description: "A restriction needs it (GDPR Art. 18(1)), nothing else takes it",
    }),
  ),
};

const Rectification = record({
  name: t.Optional(nullable(text(AUTHOR_NAME_MAX), { examples: ["Erika Mustermann"] })),
  email: t.Optional(
    nullable(text(254), {
      description: "Taken over once the link that is mailed to it has been followed; needs a session",
      examples: ["erika@example.org"],
    }),
  ),
  comment: t.Optional(nullable(record({ id: uuid(), content: text(CONTENT_MAX) }))),
});

export const NewPrivacyRequest = named(
  "NewPrivacyRequest",
  record(
    {
      type: Type,
      ...details,
      rectification: t.Optional(
        nullable(Rectification, {
          description: "What is right. A rectification without it needs a statement and is decided by hand.",
        }),
      ),
    },
    { examples: [{ type: "erasure", comments: "keep_text" }] },
  ),
);

export const EnteredPrivacyRequest = named(
  "EnteredPrivacyRequest",
  record(
    {
      type: Type,
      ...details,
      email: text(254, {
        description: "Where it came from, for the answer",
        examples: ["erika@example.org"],
      }),
      received_at: t.Optional(nullable(time(), { description: "When it reached the site; left out: now" })),
    },
    { examples: [{ type: "access", email: "erika@example.org", received_at: "2026-03-05T00:00:00Z" }] },
  ),
);

export const Confirmation = named(
  "PrivacyRequestConfirmation",
  record({ token: t.String({ description: "The part of the link after the dot", examples: ["gnp_…"] }) }),
);

const reason = text(ANSWER_MAX, { description: "As the person is told" });

export const Extension = named("PrivacyRequestExtension", record({ reason }));

export const RequestRefusal = named(
  "PrivacyRequestRefusal",
  record({
    ground: oneOf(REFUSAL_GROUNDS, {
      description: "GDPR Art. 11(2), 12(5), 15(4), 17(3), 21(1), or the right does not apply",
    }),
    reason,
  }),
);

export const RequestDecision = named(
  "PrivacyRequestDecision",
  record({ decision: oneOf(["granted", "rejected"]), reason }),
);

export const IdentityStep = named(
  "PrivacyRequestIdentity",
  record({
    step: oneOf(["ask", "confirm"]),
    subject: t.Optional(
      nullable(uuid(), { description: "With `confirm`: whose request it is, where that is not known" }),
    ),
  }),
);

export const Lifting = named("RestrictionLifting", record({ reason }));

export const INBOX_QUERY = {
  ...PAGE_QUERY,
  state: t.Optional(oneOf(REQUEST_STATES)),
  type: t.Optional(oneOf(REQUEST_TYPES)),
};

const PRIVACY_REQUEST = {
  id: uuid(),
  subject: nullable(uuid(), { description: "Pseudonym of the person; null while nobody knows it" }),
  type: Type,
  state: State,
  channel: oneOf(REQUEST_CHANNELS, { description: "What showed who asks" }),
  comments: nullable(Choice),
  purpose: nullable(Purpose),
  restriction_ground: nullable(oneOf(RESTRICTION_GROUNDS)),
  statement: nullable(t.String()),
  contact: nullable(t.String(), { description: "Where an operator entered that it came from" }),
  received_at: time(),
  target_at: time("One month (three, when extended) from receipt, counted by days"),
  due_at: time("The legal limit: the same, moved to the next working day (Regulation 1182/71)"),
  unsuspended_due_at: time("What the limit would be had the clock never stood still"),
  clock: oneOf(["running", "stopped", "ended"]),
  late: t.Boolean(),
  extended_at: nullable(time()),
  extension_reason: nullable(t.String()),
  effective_at: nullable(time(), {
    description: "When an erasure takes effect; until then it can be cancelled",
  }),
  hindrance: nullable(oneOf(["legal_hold", "residue", "trouble"]), {
    description: "What keeps an erasure from ending",
  }),
  refusal_ground: nullable(oneOf(REFUSAL_GROUNDS)),
  answer: nullable(t.String(), { description: "A refusal names where to complain (GDPR Art. 12(4))" }),
  closed_at: nullable(time()),
  lift_at: nullable(time(), { description: "When a restriction ends, told before (GDPR Art. 18(3))" }),
  lifted_at: nullable(time()),
};

export const PrivacyRequestBody = named("PrivacyRequest", record(PRIVACY_REQUEST));

export const InboxPage = page(
  "PrivacyRequestInbox",
  named(
    "InboxPrivacyRequest",
    record({
      ...PRIVACY_REQUEST,
      places: t.Array(
        record({
          place: t.String({ examples: ["system_config.value"] }),
          records: integer({ minimum: 1 }),
        }),
        {
          description:
            "With the hindrance `residue`: where the person is still found, so that somebody can change it; the erasure goes on within an hour",
        },
      ),
    }),
  ),
);

export const PrivacyRequestPage = page("PrivacyRequestPage", PrivacyRequestBody);

export const inboxBody = (view: InboxRequest) => ({ ...privacyRequestBody(view), places: [...view.places] });

export const privacyRequestBody = (view: PrivacyRequestView) => ({
  id: view.id,
  subject: view.subject,
  type: view.type,
  state: view.state,
  channel: view.channel,
  comments: view.comments,
  purpose: view.purpose,
  restriction_ground: view.restriction_ground,
  statement: view.statement,
  contact: view.contact,
  received_at: timeText(view.received_at),
  target_at: timeText(view.target_at),
  due_at: timeText(view.due_at),
  unsuspended_due_at: timeText(view.unsuspended_due_at),
  clock: view.clock,
  late: view.late,
  extended_at: timeTextOrNull(view.extended_at),
  extension_reason: view.extension_reason,
  effective_at: timeTextOrNull(view.effective_at),
  hindrance: view.hindrance,
  refusal_ground: view.refusal_ground,
  answer: view.answer,
  closed_at: timeTextOrNull(view.closed_at),
  lift_at: timeTextOrNull(view.lift_at),
  lifted_at: timeTextOrNull(view.lifted_at),
});
