import type { OpenDeliveries } from "../../ports/webhook-delivery-reader.ts";
import type { Deps } from "../deps.ts";

/** How much of what recipients were to be told is open, and late, over all of them. Rejects with StorageFailure. */
export const recipientStanding = async ({
  readers,
  recipients,
  clock,
}: Pick<Deps, "readers" | "recipients" | "clock">): Promise<OpenDeliveries> => {
  const now = clock.now();
  const all = await Promise.all(recipients().map(({ id }) => readers.webhookDeliveries.standing(id, now)));
  return all.reduce((sum, { open, late }) => ({ open: sum.open + open, late: sum.late + late }), {
    open: 0,
    late: 0,
  });
};
