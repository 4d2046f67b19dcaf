import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { recipientsOf } from "../../domain/recipients/webhook.ts";
import {
  newDelivery,
  payloadOf,
  type RecipientEvent,
  withDeliveries,
} from "../../domain/recipients/webhook-delivery.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import type { WebhookDeliveryId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Deps } from "../deps.ts";

export type EventDeps = Pick<Deps, "recipients" | "ids" | "sealer" | "policies">;

export const timeText = (at: Instant): string => new Date(at).toISOString();

/**
 * The changes with word of these events to every recipient who wants it, stored in the same commit (GDPR Art. 19). The
 * recipients are those this instance knows: who must not miss one that was added elsewhere just now calls
 * `refreshRecipients` before.
 */
export const withEvents = (
  deps: EventDeps,
  changes: Changes,
  events: readonly RecipientEvent[],
  now: Instant,
): Changes =>
  withDeliveries(
    changes,
    events.flatMap((event) =>
      recipientsOf(deps.recipients(), event.type).map((webhook) => {
        const id = deps.ids.next<WebhookDeliveryId>();
        const message = deps.sealer.seal(
          payloadOf(event, now, timeText),
          SEAL_CONTEXTS.webhook_deliveries.message({ id }),
        );
        return newDelivery(id, webhook.id, event, message, now, deps.policies.retention);
      }),
    ),
  );
