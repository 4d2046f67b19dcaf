import { authorityNotice, isSoonDue } from "../../domain/breaches/breach.ts";
import type { Logger } from "../../ports/logger.ts";
import { OPEN_BREACHES_MAX } from "../breaches/manage-breaches.ts";
import type { Deps } from "../deps.ts";

type DeadlineDeps = Pick<Deps, "clock"> & {
  readonly readers: Pick<Deps["readers"], "breaches" | "privacyRequests">;
};

/** Counting further would cost more than the number is worth. */
const REQUESTS_COUNTED = 10_000;

export interface BreachNotices {
  readonly due_soon: number;
  readonly overdue: number;
}

/** Of how many breaches the authority must be told soon, and of how many it should have been. Rejects with StorageFailure. */
export const breachNotices = async ({ readers, clock }: DeadlineDeps): Promise<BreachNotices> => {
  const now = clock.now();
  const open = await readers.breaches.open(OPEN_BREACHES_MAX);
  return {
    due_soon: open.filter((breach) => isSoonDue(breach, now)).length,
    overdue: open.filter((breach) => authorityNotice(breach, now) === "overdue").length,
  };
};

/** Rejects with StorageFailure. */
export const lateRequests = ({ readers, clock }: DeadlineDeps): Promise<number> =>
  readers.privacyRequests.late(clock.now(), REQUESTS_COUNTED);

/** Says again and again what the law has a date for, as long as it is late or soon will be. */
export const tellDeadlines = async (deps: DeadlineDeps & { readonly logger: Logger }): Promise<void> => {
  const [{ due_soon, overdue }, late] = await Promise.all([breachNotices(deps), lateRequests(deps)]);
  if (due_soon > 0) deps.logger.warn("breach_notices_due_soon", { count: due_soon });
  if (overdue > 0) deps.logger.error("breach_notices_overdue", { count: overdue });
  if (late > 0) deps.logger.error("privacy_requests_late", { count: late });
};
