import { erasedFields } from "../../domain/anonymization/erase-record.ts";
import type { Occasion } from "../../domain/audit/audit-entry.ts";
import { finishErasure, isErasureUnderWay } from "../../domain/privacy-requests/erasure-request.ts";
import { isFinal, type PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import { retentionUntil } from "../../domain/retention/retention-period.ts";
import type { Changes, Settable, Write } from "../../domain/shared/changes.ts";
import type { PrivacyRequestId } from "../../domain/shared/ids.ts";
import { lastLetter } from "./last-letter.ts";
import { withNobody } from "./nobody.ts";
import { type EraseDeps, makeBatch, PAGE, type Step, type StepContext } from "./step.ts";

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
    // What this erasure answers stays hers until the end; its words go before that.
    if (isErasureUnderWay(row)) {
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

/** The changes with the end of the request that was answered by this erasure, and the letter that says so. */
export const withAnsweredRequests = async (
  context: StepContext,
  changes: Changes,
  certificate: string,
  occasion: Occasion,
): Promise<Changes> => {
  const { deps, subject, work } = context;
  const requests = await deps.readers.privacyRequests.ofSubject(subject.id, null, PAGE);
  const answered = requests.filter(isErasureUnderWay).flatMap((request) => {
    const finished = finishErasure(request, work.anonymous.requests, {
      ...occasion,
      audit_id: deps.ids.next(),
    });
    return finished.ok ? [finished.value] : [];
  });
  const writes = answered.flatMap((each) => each.changes.writes);
  const letters = answered.slice(0, 1).flatMap(({ request }): Write[] => {
    const letter = lastLetter(deps, work, request, certificate, occasion.now);
    return letter === null ? [] : [{ op: "insert", into: "outgoing_mails", row: letter }];
  });
  return {
    ...changes,
    writes: [...(await withNobody(context, work.anonymous.requests, writes)), ...changes.writes, ...letters],
    audit: [...changes.audit, ...answered.flatMap((each) => each.changes.audit)] as const,
  };
};
