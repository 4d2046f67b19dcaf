import type { Witness } from "../../ports/witness.ts";
import type { LogDeps } from "./log-deps.ts";

/** Sends the newest checkpoint to the witness, once. While he is away the log goes on, and he gets the newest one later. */
export const showWitness = ({ auditLog }: Pick<LogDeps, "auditLog">, witness: Witness) => {
  let shown: string | null = null;
  return async (): Promise<void> => {
    const note = (await auditLog.newest())?.note ?? null;
    if (note === null || note === shown) return;
    await witness.send(note);
    shown = note;
  };
};
