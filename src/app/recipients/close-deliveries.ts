import { SYSTEM } from "../../domain/audit/audit-entry.ts";
import { closeDelivery } from "../../domain/recipients/webhook-delivery.ts";
import type { Deps } from "../deps.ts";
import { allWebhooks } from "./known-recipients.ts";

const BATCH = 100;

/** Closes what was still to be told to recipients that are none any more. Rejects with StorageFailure. */
export const closeDeliveries = async (
  deps: Pick<Deps, "unitOfWork" | "clock" | "ids"> & {
    readonly readers: Pick<Deps["readers"], "webhooks" | "webhookDeliveries">;
    readonly policies: Pick<Deps["policies"], "retention">;
  },
): Promise<void> => {
  const removed = (await allWebhooks(deps.readers.webhooks)).filter(({ removed_at }) => removed_at !== null);
  for (const { id } of removed) {
    for (;;) {
      const open = await deps.readers.webhookDeliveries.open(id, null, BATCH);
      const { retention } = deps.policies;
      const verdicts = await Promise.all(
        open.map((delivery) => {
          const occasion = {
            now: deps.clock.now(),
            actor: SYSTEM,
            audit_id: deps.ids.next<never>(),
            retention,
          };
          return deps.unitOfWork.commit(closeDelivery(delivery, "recipient-removed", occasion));
        }),
      );
      // One that moved meanwhile is found again at the next run.
      if (open.length < BATCH || !verdicts.some(({ ok }) => ok)) break;
    }
  }
};
