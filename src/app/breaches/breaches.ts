import type { AUTHORITY_NOTICES, Breach, PERSONS_NOTICES } from "../../domain/breaches/breach.ts";
import type { BreachFacts } from "../../domain/breaches/record-breach.ts";
import type { BreachId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Outcome, Page, PageRequest } from "../application.ts";
import type { Caller } from "../caller.ts";

/** A breach, and where its notices stand right now. */
export interface BreachView {
  readonly breach: Breach;
  readonly notice_due_at: Instant;
  /** Of the 72, negative once they are over; null where the clock does not run any more. */
  readonly hours_left: number | null;
  readonly authority_notice: (typeof AUTHORITY_NOTICES)[number];
  readonly told_late: boolean;
  readonly persons_notice: (typeof PERSONS_NOTICES)[number];
}

/** Who keeps the register: an admin, or the command line. */
export type RegisterKeeper = Caller | "cli";

export type NewBreach = BreachFacts & Required<Pick<BreachFacts, "nature" | "aware_at">>;

export interface Breaches {
  list(caller: RegisterKeeper, page: PageRequest): Outcome<Page<BreachView>>;
  /** Those with something still to be judged or told, what has the fewest hours left first; not all of very many. */
  open(caller: RegisterKeeper): Outcome<readonly BreachView[]>;
  read(caller: RegisterKeeper, id: BreachId): Outcome<BreachView>;
  record(caller: RegisterKeeper, facts: NewBreach): Outcome<BreachView>;
  /** `version`: what If-Match named. */
  change(
    caller: RegisterKeeper,
    input: { readonly id: BreachId; readonly version: number; readonly facts: BreachFacts },
  ): Outcome<BreachView>;
}
