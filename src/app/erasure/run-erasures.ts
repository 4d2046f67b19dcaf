import { beginErasure, failErasure } from "../../domain/privacy-requests/erasure-request.ts";
import type { ErasureHindrance, PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import { HOUR, MINUTE, plus } from "../../domain/shared/instant.ts";
import type { Leases } from "../../ports/leases.ts";
import type { Logger } from "../../ports/logger.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import { begin, carryOn, type ErasureOutcome } from "./erase-subject.ts";
import type { EraseDeps } from "./step.ts";

const LEASE = "erasures";
/** Well over what a batch takes; prolonged before each. */
const LEASE_MS = 60_000;
const BATCH = 20;

export type RunErasuresDeps = EraseDeps & { readonly leases: Leases; readonly logger: Logger };

export type ErasureFigures = Readonly<Record<"done" | "held" | "residue" | "open" | "nothing", number>>;

const HINDRANCES: Readonly<
  Record<"held" | "residue" | "open", { readonly hindrance: ErasureHindrance; readonly pause: number }>
> = {
  held: { hindrance: "legal_hold", pause: MINUTE },
  residue: { hindrance: "residue", pause: HOUR },
  open: { hindrance: "trouble", pause: MINUTE },
};

const tell = ({ logger }: RunErasuresDeps, outcome: ErasureOutcome): void => {
  if (outcome.type === "residue") {
    logger.error("erasure_found_residue", { count: outcome.places.length });
  }
  if (outcome.type === "held") logger.warn("erasure_held");
};

/** Says in the inbox why a request that should be answered by now is not. One that was answered, or moved, is left. */
const sayWhy = async (
  deps: RunErasuresDeps,
  { id }: PrivacyRequest,
  type: keyof typeof HINDRANCES,
): Promise<void> => {
  const request = await deps.readers.privacyRequests.byId(id);
  if (request === null) return;
  const { hindrance, pause } = HINDRANCES[type];
  const retryAt = plus(deps.clock.now(), pause);
  const failed = failErasure(request, hindrance, retryAt, await occasionOf(deps, SYSTEM_CALLER));
  if (failed.ok) await deps.unitOfWork.commit(failed.value.changes);
};

/** Begins what is due. From here on it cannot be cancelled. */
const answer = async (
  deps: RunErasuresDeps,
  request: PrivacyRequest,
  leads: () => Promise<boolean>,
): Promise<ErasureOutcome> => {
  const begun = beginErasure(request, await occasionOf(deps, SYSTEM_CALLER));
  if (!begun.ok || request.subject_id === null) return { type: "nothing" };
  // A conflict: it was cancelled, or another instance has it.
  if (!(await deps.unitOfWork.commit(begun.value.changes)).ok) return { type: "nothing" };
  const input = { subject: request.subject_id, comments: request.comments ?? "keep_text" } as const;
  const erasure = await begin(deps, input);
  return erasure === null ? { type: "nothing" } : carryOn(deps, erasure.id, leads);
};

/**
 * Carries out the erasures that people asked for and whose date has come, then whatever else has begun and is not done:
 * interrupted, held until now, or found her the last time. One instance at a time does so; a held one is asked again
 * every minute. Rejects with StorageFailure.
 */
export const runErasures = async (deps: RunErasuresDeps): Promise<ErasureFigures> => {
  const figures = { done: 0, held: 0, residue: 0, open: 0, nothing: 0 };
  const holder = deps.ids.subject();
  const leads = (): Promise<boolean> => deps.leases.take(LEASE, holder, LEASE_MS);
  if (!(await leads())) return figures;
  try {
    for (const request of await deps.readers.privacyRequests.dueErasures(deps.clock.now(), BATCH)) {
      const outcome = await answer(deps, request, leads);
      figures[outcome.type] += 1;
      tell(deps, outcome);
      if (outcome.type !== "done" && outcome.type !== "nothing") await sayWhy(deps, request, outcome.type);
    }
    for (const { id } of await deps.readers.erasures.open(deps.clock.now(), BATCH)) {
      const outcome = await carryOn(deps, id, leads);
      figures[outcome.type] += 1;
      tell(deps, outcome);
    }
    return figures;
  } finally {
    await deps.leases.release(LEASE, holder);
  }
};
