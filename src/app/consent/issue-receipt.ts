import type { ConsentDecided, ConsentRecord } from "../../domain/consent/consent.ts";
import type { ConsentPolicy } from "../../domain/consent/consent-policy.ts";
import { kantaraReceipt } from "../../domain/consent/kantara-receipt.ts";
import { consentReceipt } from "../../domain/consent/receipt.ts";
import { receiptHash, tellingReceipt } from "../../domain/consent/receipt-proof.ts";
import type { Json } from "../../domain/shared/canonical-json.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import type { ConsentId } from "../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { entryProof } from "../audit/prove-entry.ts";
import { type Caller, subjectOf } from "../caller.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";

const payloadOf = (
  { policies }: Pick<Deps, "policies">,
  record: ConsentRecord,
  policy: ConsentPolicy,
): Json =>
  consentReceipt(record, {
    policy,
    controller: policies.controller,
    retentionDays: policies.retention.user_data,
    publicUrl: policies.publicUrl,
    timeText: (instant) => new Date(instant).toISOString(),
  });

/** The signed receipt of a decision; the same one again while the key and what the controller says of itself stay. */
const signedReceipt = (
  deps: Pick<Deps, "documents" | "policies">,
  record: ConsentRecord,
  policy: ConsentPolicy,
): Promise<string> => deps.documents.sign("receipt", payloadOf(deps, record, policy));

/** The receipt of a decision that is being made, and the changes of it that tell of the receipt. */
export const issueReceipt = async (
  deps: Pick<Deps, "documents" | "policies" | "auditSeals">,
  { record, changes }: ConsentDecided,
  policy: ConsentPolicy,
): Promise<{ readonly receipt: string; readonly changes: Changes }> => ({
  receipt: await signedReceipt(deps, record, policy),
  changes: tellingReceipt(changes, receiptHash(deps.auditSeals.sha256, payloadOf(deps, record, policy))),
});

/** One's own decision, and under which policy. Another's is not found, as if it were not there. */
const ownDecision = async (
  { readers }: Deps,
  caller: Caller,
  id: ConsentId,
): Promise<Result<{ readonly record: ConsentRecord; readonly policy: ConsentPolicy }, AppError>> => {
  const subject = subjectOf(caller.principal);
  if (subject === null) return err({ type: "credential-required" });
  const record = await readers.consents.byId(id);
  if (record === null || record.subject_id !== subject.id) return err({ type: "not-found" });
  const policy = await readers.consentPolicies.byVersion(record.policy_version);
  return policy === null ? err({ type: "not-found" }) : ok({ record, policy });
};

export const readReceipt =
  (deps: Deps): Application["consent"]["readReceipt"] =>
  async (caller, id) => {
    const found = await ownDecision(deps, caller, id);
    return found.ok ? ok(await signedReceipt(deps, found.value.record, found.value.policy)) : found;
  };

/** That the entry which a receipt names is in the log, for whoever may have the receipt. */
export const proveReceipt =
  (deps: Deps): Application["consent"]["proveReceipt"] =>
  async (caller, id) => {
    const found = await ownDecision(deps, caller, id);
    if (!found.ok) return found;
    const entry = found.value.record.audit_entry_id;
    const proof = entry === null ? null : await entryProof(deps, entry);
    return proof === null ? err({ type: "not-found" }) : ok(proof);
  };

/** What the receipt says, in the form of Kantara Consent Receipt 1.1; not signed. */
export const readKantaraReceipt =
  (deps: Deps): Application["consent"]["readKantaraReceipt"] =>
  async (caller, id) => {
    const found = await ownDecision(deps, caller, id);
    if (!found.ok) return found;
    return ok(kantaraReceipt(payloadOf(deps, found.value.record, found.value.policy), Date.parse));
  };
