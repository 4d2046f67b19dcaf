import { openStore } from "../compose.ts";
import { readSettings } from "../config.ts";
import { CommandRefused } from "./command-refused.ts";

/** `maintenance`: rewrites what the store keeps, so that nothing deleted is left in it. Others wait meanwhile. */
export const erasureCommand = async (verb: string, say: (text: string) => void): Promise<void> => {
  if (verb !== "maintenance") throw new CommandRefused("erasure maintenance");
  const store = await openStore(readSettings(process.env).database);
  try {
    const { complete } = await store.physicalErasure.maintain();
    if (!complete) {
      throw new CommandRefused(
        "Not finished: another process kept old pages in use, or this user may not rewrite the server's statistics and write a checkpoint. What is left to do stands in docs/erasure.md.",
      );
    }
    say("Done. Nothing but what is stored remains in tables, indexes and statistics.");
  } finally {
    await store.close();
  }
};
