import type { Migrator } from "../../ports/store.ts";
import { CommandRefused } from "./command-refused.ts";

const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

/** `status`, `up`, or `down` by some steps (1 unless told); what was done is said in words. Throws CommandRefused on anything else. */
export const migrateCommand = async (
  migrator: Migrator,
  verb: string,
  steps: string | null,
  say: (text: string) => void,
): Promise<void> => {
  switch (verb) {
    case "status": {
      const { applied, pending, unknown } = await migrator.status();
      say(`applied: ${list(applied)}\npending: ${list(pending)}`);
      if (unknown.length > 0) say(`applied by a newer version of the service: ${list(unknown)}`);
      return;
    }
    case "up":
      return say(`applied now: ${list(await migrator.up())}`);
    case "down": {
      const count = Number(steps ?? "1");
      if (!Number.isInteger(count) || count < 1)
        throw new CommandRefused("migrate down STEPS: a whole number from 1");
      return say(`taken back: ${list(await migrator.down(count))}`);
    }
    default:
      throw new CommandRefused("migrate status | up | down [STEPS]");
  }
};
