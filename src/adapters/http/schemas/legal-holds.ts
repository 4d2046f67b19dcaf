import { LEGAL_HOLD_REASON_MAX, type LegalHold } from "../../../domain/retention/legal-hold.ts";
import { HOLD_SCOPES, scopeOf } from "../../../domain/retention/place-hold.ts";
import { named, nullable, oneOf, page, record, text, time, uuid } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

const scope = oneOf(HOLD_SCOPES, { description: "Everything of a person, or one record" });
const reason = text(LEGAL_HOLD_REASON_MAX, {
  description: "Why, for the record. Name no person.",
  examples: ["Claim 2026-17 before the district court"],
});

export const NewLegalHold = named(
  "NewLegalHold",
  record({ scope, on: uuid("Id of the subject or of the record"), reason }),
);

export const LegalHoldView = named(
  "LegalHold",
  record({
    id: uuid(),
    scope,
    on: uuid("Id of the subject or of the record"),
    reason,
    since: time(),
    lifted_at: nullable(time(), { description: "Null while it stands" }),
  }),
);

export const LegalHoldPage = page("LegalHoldPage", LegalHoldView);

export const legalHoldBody = (hold: LegalHold) => ({
  id: hold.id,
  scope: scopeOf(hold),
  on: hold.subject_id ?? hold.record_id ?? "",
  reason: hold.reason,
  since: timeText(hold.since),
  lifted_at: timeTextOrNull(hold.lifted_at),
});
