import { decideConsent } from "../../domain/consent/consent.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { subjectOf } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { issueReceipt } from "./issue-receipt.ts";
import { keepPromise } from "./keep-promise.ts";
import { readNoticeToken } from "./notice-token.ts";
import { tellingRecipients } from "./recipients.ts";
import { consentSituation, standing } from "./situation.ts";

export const recordConsent =
  (deps: Deps): Application["consent"]["recordConsent"] =>
  async (caller, input) => {
    const { readers } = deps;
    // A program, or the bearer of one comment, decides for nobody; a receipt takes back what was given, and gives nothing.
    const { kind } = caller.principal;
    if (kind === "service" || kind === "edit-token" || kind === "receipt")
      return err({ type: "credential-required" });
    const notice =
      input.notice_token === null
        ? null
        : await readNoticeToken(deps.signer, input.notice_token, deps.clock.now());
    if (notice !== null && !notice.ok) return notice;
    const newcomer = deps.ids.subject();
    return decideAndCommit(deps, caller, async () => {
      const known = subjectOf(caller.principal);
      const [subject, latest, current] = await Promise.all([
        known === null ? null : readers.subjects.byId(known.id),
        known === null ? null : readers.consents.latest(known.id),
        readers.consentPolicies.current(),
      ]);
      const shown =
        notice === null ? current : await readers.consentPolicies.byVersion(notice.value.policy_version);
      if (current === null) return err({ type: "not-found" });
      if (shown === null) return err({ type: "notice-token-invalid" });
      const decided = decideConsent(
        consentSituation(deps, subject, latest, shown),
        { decisions: input.decisions, notice: notice?.value ?? null, method: input.method, gpc: caller.gpc },
        { consent: deps.ids.next(), subject: newcomer },
        await occasionOf(deps, caller),
      );
      if (!decided.ok) return decided;
      const { record, newSubject } = decided.value;
      const { receipt, changes } = await issueReceipt(deps, decided.value, shown);
      await keepPromise(deps, latest, record);
      return ok({
        changes: tellingRecipients(deps, latest, record, changes),
        value: {
          record,
          receipt,
          current: standing(deps, subject ?? { id: newcomer, status: "active" }, record, current, caller.gpc),
          subject_token: newSubject ? await deps.signer.sign("subject", newcomer) : null,
        },
      });
    });
  };
