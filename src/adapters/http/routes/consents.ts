import type { Static } from "@sinclair/typebox";
import { t } from "elysia";
import type { RecordedConsent } from "../../../app/application.ts";
import type { Caller } from "../../../app/caller.ts";
import { answering } from "../../../app/idempotency/begin-request.ts";
import { consentTypes } from "../../../domain/consent/consent.ts";
import type { ConsentId, SubjectId } from "../../../domain/shared/ids.ts";
import { DAY, SECOND } from "../../../domain/shared/instant.ts";
import { ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { consentCookie, subjectCookie } from "../credentials.ts";
import type { Refusal } from "../refusals.ts";
import { type Answer, json, keptAnswer, type Route, route } from "../route.ts";
import {
  CHECK_QUERY,
  ConsentCheck,
  ConsentPage,
  CurrentConsentView,
  consentBody,
  consentCheckBody,
  currentConsentBody,
  NewConsent,
  NewWithdrawal,
  RecordedConsentView,
} from "../schemas/consents.ts";
import { PAGE_QUERY, pageRequest } from "../schemas/kinds.ts";

const COOKIES =
  "Sets the readable cookie `gonogo_consent` (`<policy version>.<granted purpose>.…`) and, for a visitor who becomes a data subject by this, an HttpOnly cookie that makes the decision hers.";

const CHECK = [
  "For a backend, before each processing step. The answer holds for this moment: a withdrawal is in force on the next question, so it must not be kept, not even until `until`.",
  "An id that is nobody's, one of a person who was erased and one of a person who has never decided are the same answer, `not-decided`.",
  "A person's `Sec-GPC: 1` (or `DNT: 1`) reaches the check when the backend passes that header of her request on; where it does not, the signal that came with her newest decision or withdrawal counts.",
].join(" ");

const VARY = { Vary: "Sec-GPC" };

const RECORDED_HEADERS = { Location: "Where to read what is in force now" };

export const consentRoutes = ({ application, cookies, settings }: Service): readonly Route[] => {
  /** `receipt` null: the answer as it may be kept. */
  const recorded = ({ record, current, subject_token }: RecordedConsent, receipt: string | null): Answer =>
    json(
      {
        consent: consentBody(record),
        current: currentConsentBody(current),
        ...(receipt === null ? {} : { receipt }),
      },
      {
        headers: { ...VARY, Location: "/v1/consents/current" },
        cookies: [
          consentCookie(
            cookies,
            { policy_version: record.policy_version, granted: consentTypes(record) },
            // As long as the decision itself: by default CONSENT_COOKIE_DURATION, less where the policy says so.
            Math.floor((record.expires_at - record.timestamp) / SECOND),
          ),
          ...(subject_token === null
            ? []
            : [subjectCookie(cookies, subject_token, (settings.consentCookieDays * DAY) / SECOND)]),
        ],
      },
    );

  /** The subject cookie is a secret: a decision that made it is not answered twice. The receipt is one that is made again. */
  const kept = (value: RecordedConsent): string | null =>
    value.subject_token === null ? keptAnswer(recorded(value, null)) : null;

  const again = async (
    { caller }: { readonly caller: Caller },
    answer: Answer,
  ): Promise<Result<Answer, Refusal>> => {
    const value = answer.content?.value as Omit<Static<typeof RecordedConsentView>, "receipt">;
    const receipt = await application.consent.readReceipt(caller, value.consent.id as ConsentId);
    return receipt.ok ? ok({ ...answer, ...json({ ...value, receipt: receipt.value }) }) : receipt;
  };

  return [
    route({
      method: "POST",
      path: "/v1/consents",
      operationId: "recordConsent",
      tag: "consent",
      summary: "Record a decision",
      description: `Records what a person decided on every optional purpose. ${COOKIES}`,
      permission: ["person"],
      body: NewConsent,
      budget: "consent",
      success: {
        status: 201,
        description: "Recorded",
        schema: RecordedConsentView,
        headers: RECORDED_HEADERS,
      },
      problems: [
        "notice-required",
        "notice-token-invalid",
        "notice-token-expired",
        "purpose-not-offered",
        "subject-erased",
        "not-found",
        "conflict",
      ],
      again,
      handle: async ({ caller, body }) => {
        const done = await application.consent.recordConsent(answering(caller, kept), {
          decisions: body.decisions,
          notice_token: body.notice_token ?? null,
          method: body.method,
        });
        return done.ok ? ok(recorded(done.value, done.value.receipt)) : done;
      },
    }),
    route({
      method: "POST",
      path: "/v1/consents/withdrawals",
      operationId: "withdrawConsent",
      tag: "consent",
      summary: "Withdraw purposes",
      description: `As easy as giving, and in force on the next question. ${COOKIES}`,
      permission: ["subject", "receipt"],
      body: NewWithdrawal,
      budget: "consent",
      success: {
        status: 201,
        description: "Withdrawn",
        schema: RecordedConsentView,
        headers: RECORDED_HEADERS,
      },
      problems: ["subject-erased", "not-found", "conflict"],
      again,
      handle: async ({ caller, body }) => {
        const done = await application.consent.withdrawConsent(answering(caller, kept), {
          purposes: body.purposes,
          method: body.method ?? "api",
        });
        return done.ok ? ok(recorded(done.value, done.value.receipt)) : done;
      },
    }),
    route({
      method: "GET",
      path: "/v1/consents/current",
      operationId: "readCurrentConsent",
      tag: "consent",
      summary: "What is in force now",
      description:
        "Expired, withdrawn and outdated decisions read as not granted. A visitor nobody knows yet has decided nothing: that is an answer.",
      permission: ["person", "receipt"],
      success: { status: 200, description: "What is in force", schema: CurrentConsentView },
      problems: [],
      handle: async ({ caller }) => {
        const found = await application.consent.currentConsent(caller);
        return found.ok ? ok(json(currentConsentBody(found.value), { headers: VARY })) : found;
      },
    }),
    route({
      method: "GET",
      path: "/v1/consents/check",
      operationId: "checkConsent",
      tag: "consent",
      summary: "May this purpose be processed for this subject now?",
      description: CHECK,
      permission: ["consents:check"],
      query: t.Object(CHECK_QUERY),
      success: { status: 200, description: "The answer, for this moment", schema: ConsentCheck },
      problems: ["invalid-input"],
      handle: async ({ caller, query: { subject, purpose } }) => {
        const found = await application.consent.checkConsent(caller, {
          subject: subject as SubjectId,
          purpose,
        });
        return found.ok ? ok(json(consentCheckBody(found.value), { headers: VARY })) : found;
      },
    }),
    route({
      method: "GET",
      path: "/v1/consents/history",
      operationId: "listConsents",
      tag: "consent",
      summary: "Every record, newest first",
      permission: ["subject", "receipt"],
      query: t.Object(PAGE_QUERY),
      success: { status: 200, description: "A page of records", schema: ConsentPage },
      problems: [],
      handle: async ({ caller, query }) => {
        const found = await application.consent.consentHistory(caller, pageRequest(query));
        if (!found.ok) return found;
        const { items, next_cursor } = found.value;
        return ok(json({ items: items.map(consentBody), next_cursor }));
      },
    }),
  ];
};
