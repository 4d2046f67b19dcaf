import type { Store } from "../../ports/store.ts";
import { StorageFailure } from "../../ports/unit-of-work.ts";
import type { Application } from "../application.ts";

/** Asks what the service depends on whether it works; anything but a storage failure is a bug and passes through. */
export const failing =
  (store: Pick<Store, "ping" | "migrator">): Application["health"]["failing"] =>
  async () => {
    try {
      await store.ping();
      const { pending } = await store.migrator.status();
      return pending.length === 0 ? [] : ["migrations"];
    } catch (failure) {
      if (failure instanceof StorageFailure) return ["database"];
      throw failure;
    }
  };
