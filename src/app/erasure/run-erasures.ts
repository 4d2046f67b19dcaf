import { postponeErasure } from "../../domain/erasure/advance-erasure.ts";
import type { Erasure } from "../../domain/erasure/erasure.ts";
import { beginErasure, failErasure } from "../../domain/privacy-requests/erasure-request.ts";
import type { ErasureHindrance, PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import { isInForce } from "../../domain/retention/legal-hold.ts";
import { HOUR, MINUTE, plus } from "../../domain/shared/instant.ts";
import type { Leases } from "../../ports/leases.ts";
import type { LogFields, Logger } from "../../ports/logger.ts";
import { StorageFailure } from "../../ports/unit-of-work.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import { begin, carryOn, type ErasureOutcome } from "./erase-subject.ts";
import { type EraseDeps, PAGE } from "./step.ts";

const LEASE = "erasures";
/** Well over what a batch takes; prolonged before each. */
const LEASE_MS = 60_000;
const BATCH = 20;

export type RunErasuresDeps = EraseDeps & { readonly leases: Leases; readonly logger: Logger };

/** What became of one erasure in a run; `failed`: it could not go on, and the others did. */
type RunOutcome = ErasureOutcome["type"] | "failed";

export type ErasureFigures = Readonly<Record<RunOutcome, number>>;

/** What fails by itself is likely to fail again, and somebody has to see to it first. */
const FAILED_PAUSE = 10 * MINUTE;

const HINDRANCES: Readonly<
  Record<
    Exclude<RunOutcome, "done" | "nothing">,
    { readonly hindrance: ErasureHindrance; readonly pause: number }
  >
> = {
  held: { hindrance: "legal_hold", pause: MINUTE },
  residue: { hindrance: "residue", pause: HOUR },
  open: { hindrance: "trouble", pause: MINUTE },
  failed: { hindrance: "trouble", pause: FAILED_PAUSE },
};

const tell = ({ logger }: RunErasuresDeps, outcome: ErasureOutcome): void => {
  if (outcome.type === "residue") {
    logger.error("erasure_found_residue", { count: Object.keys(outcome.places).length });
  }
  if (outcome.type === "held") logger.warn("erasure_held");
};

/** The store is away, closed or at its limit: no erasure would come further, and it is the fault of none. */
const isOfTheStore = (failure: unknown): boolean =>
  failure instanceof StorageFailure && failure.kind !== "refused";

const whatFailed = (failure: unknown): LogFields => ({
  exception_type: failure instanceof Error ? failure.name : typeof failure,
  ...(failure instanceof StorageFailure ? { operation: failure.operation, sql_state: failure.sqlState } : {}),
});

/** One that fails by itself must not keep others from their dates. Rejects where the store fails. */
const orFailed = async <T>(deps: RunErasuresDeps, work: () => Promise<T>): Promise<T | "failed"> => {
  try {
    return await work();
  } catch (failure) {
    if (isOfTheStore(failure)) throw failure;
    deps.logger.error("erasure_failed", whatFailed(failure));
    return "failed";
  }
};

/** Puts off what failed, so that the next runs come to the others first. */
const putOff = async (deps: RunErasuresDeps, erasure: Erasure | null): Promise<void> => {
  if (erasure === null || erasure.status === "done") return;
  const occasion = await occasionOf(deps, SYSTEM_CALLER);
  await deps.unitOfWork.commit(postponeErasure(erasure, plus(occasion.now, FAILED_PAUSE), occasion));
};

const attempt = async (
  deps: RunErasuresDeps,
  work: () => Promise<ErasureOutcome>,
  erasure: () => Promise<Erasure | null>,
): Promise<RunOutcome> => {
  const outcome = await orFailed(deps, work);
  if (outcome === "failed") {
    await orFailed(deps, async () => putOff(deps, await erasure()));
    return outcome;
  }
  tell(deps, outcome);
  return outcome.type;
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
  if (type === "held" && request.hindrance === hindrance) return;
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

interface Held {
  readonly standing: number;
  /** Those that may go on. */
  readonly ended: readonly Erasure[];
}

/** Held ones, page by page, by whether their hold still stands: asking writes nothing, however long they wait. */
const heldOnes = async ({ readers, clock }: RunErasuresDeps): Promise<Held> => {
  const ended: Erasure[] = [];
  let standing = 0;
  for (let after: Erasure["id"] | null = null; ; ) {
    const page: readonly Erasure[] = await readers.erasures.held(after, BATCH);
    for (const erasure of page) {
      const hold = erasure.held_by === null ? null : await readers.legalHolds.byId(erasure.held_by);
      if (hold !== null && isInForce(hold, clock.now())) standing += 1;
      else ended.push(erasure);
    }
    after = page.at(-1)?.id ?? null;
    if (page.length < BATCH) return { standing, ended };
  }
};

/** Requests of hers that this erasure answers: one, as a rule. */
const runningOf = async ({ readers }: RunErasuresDeps, { subject_id }: Erasure) =>
  (await readers.privacyRequests.ofSubject(subject_id, null, PAGE)).filter(
    ({ type, state }) => type === "erasure" && state === "running",
  );

/** Asked every few seconds: a lease is a write, and reading costs next to nothing. */
const isAnythingDue = async ({ readers, clock }: RunErasuresDeps): Promise<boolean> =>
  (await readers.privacyRequests.dueErasures(clock.now(), 1)).length > 0 ||
  (await readers.erasures.open(clock.now(), 1)).length > 0;

/**
 * Carries out the erasures that people asked for and whose date has come, then whatever else has begun and is not done:
 * interrupted, or found her the last time; and those whose hold has ended. One instance at a time does so; one that failed
 * is tried again after ten minutes. Rejects with StorageFailure where the store is away, and then no other is tried.
 */
export const runErasures = async (deps: RunErasuresDeps): Promise<ErasureFigures> => {
  const figures = { done: 0, held: 0, residue: 0, open: 0, nothing: 0, failed: 0 };
  const { readers } = deps;
  const holder = deps.ids.subject();
  const leads = (): Promise<boolean> => deps.leases.take(LEASE, holder, LEASE_MS);
  const { standing, ended } = await heldOnes(deps);
  figures.held = standing;
  if (!(ended.length > 0 || (await isAnythingDue(deps))) || !(await leads())) return figures;
  try {
    for (const erasure of ended) {
      const outcome = await attempt(
        deps,
        () => carryOn(deps, erasure.id, leads),
        () => readers.erasures.byId(erasure.id),
      );
      figures[outcome] += 1;
      if (outcome === "done" || outcome === "nothing") continue;
      await orFailed(deps, async () => {
        for (const request of await runningOf(deps, erasure)) await sayWhy(deps, request, outcome);
      });
    }
    for (const request of await readers.privacyRequests.dueErasures(deps.clock.now(), BATCH)) {
      const { subject_id } = request;
      const outcome = await attempt(
        deps,
        () => answer(deps, request, leads),
        async () => (subject_id === null ? null : readers.erasures.ofSubject(subject_id)),
      );
      figures[outcome] += 1;
      if (outcome !== "done" && outcome !== "nothing") {
        await orFailed(deps, () => sayWhy(deps, request, outcome));
      }
    }
    for (const { id } of await readers.erasures.open(deps.clock.now(), BATCH)) {
      const outcome = await attempt(
        deps,
        () => carryOn(deps, id, leads),
        () => readers.erasures.byId(id),
      );
      figures[outcome] += 1;
    }
    return figures;
  } finally {
    await deps.leases.release(LEASE, holder);
  }
};
