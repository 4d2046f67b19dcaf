import {
  authorityNotice,
  BREACH_TEXT_MAX,
  type Breach,
  byUrgency,
  hoursLeft,
  isToldLate,
  noticeDueAt,
  personsNotice,
} from "../../domain/breaches/breach.ts";
import {
  type BreachFacts,
  type BreachFault,
  changeBreach as change,
  recordBreach as recording,
} from "../../domain/breaches/record-breach.ts";
import { type BreachId, parseId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import { type Caller, requirePermission, SYSTEM_CALLER } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError, InvalidField } from "../errors.ts";
import { badCursor, pageOf } from "../paging.ts";
import type { Breaches, BreachView, RegisterKeeper } from "./breaches.ts";

/** As many open ones are looked at at once. */
export const OPEN_BREACHES_MAX = 1_000;

const viewOf = (breach: Breach, now: Instant): BreachView => ({
  breach,
  notice_due_at: noticeDueAt(breach),
  hours_left: hoursLeft(breach, now),
  authority_notice: authorityNotice(breach, now),
  told_late: isToldLate(breach),
  persons_notice: personsNotice(breach),
});

const mayKeep = (keeper: RegisterKeeper): Result<null, AppError> =>
  keeper === "cli" ? ok(null) : requirePermission(keeper.principal, "system:administer");

const callerOf = (keeper: RegisterKeeper): Caller => (keeper === "cli" ? SYSTEM_CALLER : keeper);

const refusedFor = ([first, ...others]: readonly InvalidField[]): Result<never, AppError> | null =>
  first === undefined ? null : err({ type: "invalid-input", errors: [first, ...others] });

const faulty = (faults: readonly BreachFault[]): Result<never, AppError> =>
  refusedFor(faults.map(({ field, reason }) => ({ pointer: `/${field}`, reason }))) ??
  err({ type: "conflict" });

const TEXTS = [
  "nature",
  "person_categories",
  "record_categories",
  "contact",
  "consequences",
  "measures",
  "late_reason",
] as const satisfies readonly (keyof BreachFacts)[];

/** The same facts with their texts trimmed, or what is wrong with them. */
const parsed = <F extends BreachFacts>(facts: F): Result<F, AppError> => {
  const wrong: InvalidField[] = [];
  const taken = (pointer: string, words: string): string => {
    const text = parseText(words, BREACH_TEXT_MAX);
    if (text.ok) return text.value;
    wrong.push({ pointer, reason: text.error });
    return "";
  };
  const texts = Object.fromEntries(
    TEXTS.flatMap((field) => {
      const words = facts[field];
      return words === undefined ? [] : [[field, taken(`/${field}`, words)]];
    }),
  );
  const { phase } = facts;
  const phases =
    phase === undefined ? {} : { phase: { at: phase.at, told: taken("/phase/told", phase.told) } };
  return refusedFor(wrong) ?? ok({ ...facts, ...texts, ...phases });
};

export const listBreaches =
  ({ readers, clock }: Deps): Breaches["list"] =>
  async (keeper, { limit, cursor }) => {
    const allowed = mayKeep(keeper);
    if (!allowed.ok) return allowed;
    const before = cursor === null ? null : parseId<BreachId>(cursor);
    if (cursor !== null && before === null) return badCursor();
    const now = clock.now();
    return ok(
      pageOf(
        await readers.breaches.list(before, limit + 1),
        limit,
        (last) => last.id,
        (breach) => viewOf(breach, now),
      ),
    );
  };

export const openBreaches =
  ({ readers, clock }: Deps): Breaches["open"] =>
  async (keeper) => {
    const allowed = mayKeep(keeper);
    if (!allowed.ok) return allowed;
    const now = clock.now();
    const open = await readers.breaches.open(OPEN_BREACHES_MAX);
    return ok(open.toSorted(byUrgency(now)).map((breach) => viewOf(breach, now)));
  };

export const readBreach =
  ({ readers, clock }: Deps): Breaches["read"] =>
  async (keeper, id) => {
    const allowed = mayKeep(keeper);
    if (!allowed.ok) return allowed;
    const breach = await readers.breaches.byId(id);
    return breach === null ? err({ type: "not-found" }) : ok(viewOf(breach, clock.now()));
  };

export const recordBreach =
  (deps: Deps): Breaches["record"] =>
  async (keeper, input) => {
    const allowed = mayKeep(keeper);
    if (!allowed.ok) return allowed;
    const facts = parsed(input);
    if (!facts.ok) return facts;
    const caller = callerOf(keeper);
    return decideAndCommit(deps, caller, async () => {
      const occasion = await occasionOf(deps, caller);
      const decided = recording(deps.ids.next(), facts.value, keeper === "cli" ? "cli" : "admin", occasion);
      if (!decided.ok) return faulty(decided.error);
      const { breach, changes } = decided.value;
      return ok({ changes, value: viewOf(breach, occasion.now) });
    });
  };

export const changeBreach =
  (deps: Deps): Breaches["change"] =>
  async (keeper, { id, version, facts: input }) => {
    const allowed = mayKeep(keeper);
    if (!allowed.ok) return allowed;
    const facts = parsed(input);
    if (!facts.ok) return facts;
    const caller = callerOf(keeper);
    return decideAndCommit(deps, caller, async () => {
      const before = await deps.readers.breaches.byId(id);
      if (before === null) return err({ type: "not-found" });
      if (before.version !== version) return err({ type: "version-mismatch" });
      const occasion = await occasionOf(deps, caller);
      const decided = change(before, facts.value, keeper === "cli" ? "cli" : "admin", occasion);
      if (!decided.ok) return faulty(decided.error);
      const { breach, changes } = decided.value;
      return ok({ changes, value: viewOf(breach, occasion.now) });
    });
  };
