import { type ConsentRecord, purposeStates } from "../../domain/consent/consent.ts";
import { OPTIONAL_CONSENT_TYPES } from "../../domain/consent/consent-type.ts";
import type { Deps } from "../deps.ts";

/**
 * Writes down outside the database what a decision ends, before it is committed: a backup of before would bring the grant
 * back (GDPR Art. 7(3)). Refusing what was granted ends it as withdrawing does.
 */
export const keepPromise = async (
  { ledger }: Pick<Deps, "ledger">,
  before: ConsentRecord | null,
  after: ConsentRecord,
): Promise<void> => {
  if (before === null) return;
  const [was, is] = [purposeStates(before), purposeStates(after)];
  const purposes = OPTIONAL_CONSENT_TYPES.filter(
    (type) => was[type]?.granted === true && is[type]?.granted !== true,
  );
  if (purposes.length === 0) return;
  await ledger.append([{ kind: "withdrawal", purposes, subject: after.subject_id, at: after.timestamp }]);
};
