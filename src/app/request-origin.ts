import type { Origin } from "../domain/anonymization/pseudonym.ts";
import type { Deps } from "./deps.ts";

/** Hashes the traces of one request under the day's keys; what a client did not send stays null. */
export const requestOrigin =
  ({ pseudonymiser, clock }: Pick<Deps, "pseudonymiser" | "clock">) =>
  async (traces: { readonly ip: string | null; readonly user_agent: string | null }): Promise<Origin> => {
    const now = clock.now();
    const [ip_hash, user_agent_hash] = await Promise.all([
      traces.ip === null ? null : pseudonymiser.hash("ip", traces.ip, now),
      traces.user_agent === null ? null : pseudonymiser.hash("user_agent", traces.user_agent, now),
    ]);
    return { ip_hash, user_agent_hash };
  };
