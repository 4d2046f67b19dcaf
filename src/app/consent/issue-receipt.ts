import type { ConsentRecord } from "../../domain/consent/consent.ts";
import type { ConsentPolicy } from "../../domain/consent/consent-policy.ts";
import { consentReceipt } from "../../domain/consent/receipt.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { subjectOf } from "../caller.ts";
import type { Deps } from "../deps.ts";

/** The signed receipt of a decision; the same one again while the key and what the controller says of itself stay. */
export const issueReceipt = (
  { documents, policies }: Pick<Deps, "documents" | "policies">,
  record: ConsentRecord,
  policy: ConsentPolicy,
): Promise<string> =>
  documents.sign(
    "receipt",
    consentReceipt(record, {
      policy,
      controller: policies.controller,
      retentionDays: policies.retention.user_data,
      publicUrl: policies.publicUrl,
      timeText: (instant) => new Date(instant).toISOString(),
    }),
  );

/** The receipt of one's own decision. Another's is not found, as if it were not there. */
export const readReceipt =
  (deps: Deps): Application["consent"]["readReceipt"] =>
  async (caller, id) => {
    const subject = subjectOf(caller.principal);
    if (subject === null) return err({ type: "credential-required" });
    const record = await deps.readers.consents.byId(id);
    if (record === null || record.subject_id !== subject.id) return err({ type: "not-found" });
    const policy = await deps.readers.consentPolicies.byVersion(record.policy_version);
    return policy === null ? err({ type: "not-found" }) : ok(await issueReceipt(deps, record, policy));
  };
