import type { AuditSeals } from "../../ports/audit-seal.ts";
import type { RetentionStore } from "../../ports/retention-store.ts";
import { sealed } from "./audit-seal.ts";

/** Seals the entries that tell of a batch, as those of every other commit are. */
export const sealedRetention = (store: RetentionStore, seals: AuditSeals): RetentionStore => ({
  ...store,
  apply: async (batch, tell) => {
    const seal = await seals.open();
    return store.apply(batch, (outcome) => sealed(tell(outcome), seal));
  },
});
