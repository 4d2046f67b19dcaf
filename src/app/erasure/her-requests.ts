import { erasedFields } from "../../domain/anonymization/erase-record.ts";
import type { Occasion } from "../../domain/audit/audit-entry.ts";
import { finishErasure } from "../../domain/privacy-requests/erasure-request.ts";
import { isFinal, type PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import { retentionUntil } from "../../domain/retention/retention-period.ts";
import type { Changes, Settable } from "../../domain/shared/changes.ts";
import type { PrivacyRequestId } from "../../domain/shared/ids.ts";
import { withNobody } from "./nobody.ts";
import { type EraseDeps, makeBatch, PAGE, type Step, type StepContext } from "./step.ts";

/** The request that this erasure answers: it stays open, and hers, until she was looked for. Its words go before that. */
const isAnsweredByThis = ({ type, state }: PrivacyRequest): boolean =>
  type === "erasure" && state === "running";

/** What nobody is left to be answered for. */
export const mooted = (
  { clock, policies }: Pick<EraseDeps, "clock" | "policies">,
  request: PrivacyRequest,
): Settable<"privacy_requests"> => {
  if (isFinal(request)) return { wakes_at: null };
  const now = clock.now();
  const retention_until = retentionUntil("user_data", now, policies.retention);
  return { state: "cancelled", closed_at: now, retention_until, wakes_at: null };
};

/** Of what she asked for, that she asked and was answered stays; her words and her id go, and what else is open is moot. */
export const requestsStep: Step = async (context) => {
  const { deps, subject, work } = context;
  const after = context.erasure.cursor as PrivacyRequestId | null;
  const rows = await deps.readers.privacyRequests.ofSubject(subject.id, after, PAGE);
  const batch = makeBatch(context);
  const severance = { subject: subject.id, anonymous: work.anonymous.requests };
  for (const row of rows) {
    const { id, version } = row;
    const erased = erasedFields("privacy_requests", row, severance);
    if (isAnsweredByThis(row)) {
      const { subject_id: _, anonymized: __, ...words } = erased;
      const set = { ...words, updated_at: deps.clock.now() };
      const write = { op: "update", in: "privacy_requests", id, version, set } as const;
      batch.add("privacy_requests", row, Object.keys(words).length === 0 ? null : write);
      continue;
    }
    const set = { ...erased, ...mooted(deps, row) };
    batch.add("privacy_requests", row, { op: "update", in: "privacy_requests", id, version, set });
  }
  const last = rows.at(-1);
  const ended = batch.end(last === undefined || rows.length < PAGE ? "next" : { cursor: last.id });
  return { ...ended, writes: await withNobody(context, severance.anonymous, ended.writes) };
};

/** The changes with the end of the request that was answered by this erasure. */
export const withAnsweredRequests = async (
  context: StepContext,
  changes: Changes,
  occasion: Occasion,
): Promise<Changes> => {
  const { deps, subject, work } = context;
  const requests = await deps.readers.privacyRequests.ofSubject(subject.id, null, PAGE);
  const answered = requests.filter(isAnsweredByThis).flatMap((request) => {
    const finished = finishErasure(request, work.anonymous.requests, {
      ...occasion,
      audit_id: deps.ids.next(),
    });
    return finished.ok ? [finished.value.changes] : [];
  });
  const writes = answered.flatMap((each) => each.writes);
  return {
    ...changes,
    writes: [...(await withNobody(context, work.anonymous.requests, writes)), ...changes.writes],
    audit: [...changes.audit, ...answered.flatMap((each) => each.audit)] as const,
  };
};
