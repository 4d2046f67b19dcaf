import { withdrawConsent as withdraw } from "../../domain/consent/consent.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { subjectOf } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { issueReceipt } from "./issue-receipt.ts";
import { keepPromise } from "./keep-promise.ts";
import { tellingRecipients } from "./recipients.ts";
import { consentSituation, standing } from "./situation.ts";

export const withdrawConsent =
  (deps: Deps): Application["consent"]["withdrawConsent"] =>
  async (caller, input) => {
    const { readers } = deps;
    const known = subjectOf(caller.principal);
    if (known === null) return err({ type: "credential-required" });
    return decideAndCommit(deps, caller, async () => {
      const [subject, latest, policy] = await Promise.all([
        readers.subjects.byId(known.id),
        readers.consents.latest(known.id),
        readers.consentPolicies.current(),
      ]);
      if (policy === null || subject === null) return err({ type: "not-found" });
      const decided = withdraw(
        consentSituation(deps, subject, latest, policy),
        input.purposes,
        { method: input.method, gpc: caller.gpc },
        { consent: deps.ids.next(), subject: subject.id },
        await occasionOf(deps, caller),
      );
      if (!decided.ok) return decided;
      const { record } = decided.value;
      const { receipt, changes } = await issueReceipt(deps, decided.value, policy);
      await keepPromise(deps, latest, record);
      return ok({
        changes: tellingRecipients(deps, latest, record, changes),
        value: {
          record,
          receipt,
          current: standing(deps, subject, record, policy, caller.gpc),
          subject_token: null,
        },
      });
    });
  };
