import { type ConsentRecord, purposeStates } from "../../domain/consent/consent.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import { type EventDeps, withEvents } from "../recipients/with-events.ts";

const grantsAnything = (record: ConsentRecord): boolean =>
  Object.values(purposeStates(record)).some((state) => state?.granted === true);

/**
 * The changes with word of them to recipients, who stop or may begin processing (GDPR Art. 7(3)). Who grants nothing and
 * never did is processed by nobody: there is nothing to tell.
 */
export const tellingRecipients = (
  deps: EventDeps,
  before: ConsentRecord | null,
  after: ConsentRecord,
  changes: Changes,
): Changes =>
  grantsAnything(after) || (before !== null && grantsAnything(before))
    ? withEvents(
        deps,
        changes,
        [{ type: "consent.changed", subject: after.subject_id, reference: after.id, due_at: null }],
        after.timestamp,
      )
    : changes;
