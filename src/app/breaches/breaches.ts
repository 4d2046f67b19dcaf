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
  readonly authority_notice: (typeof AUTHORITY_NOTICES)[number];
  readonly told_late: boolean;
  readonly persons_notice: (typeof PERSONS_NOTICES)[number];
}

export type NewBreach = BreachFacts & Required<Pick<BreachFacts, "nature" | "aware_at">>;

export interface Breaches {
  list(caller: Caller, page: PageRequest): Outcome<Page<BreachView>>;
  read(caller: Caller, id: BreachId): Outcome<BreachView>;
  record(caller: Caller, facts: NewBreach): Outcome<BreachView>;
  /** `version`: what If-Match named. */
  change(
    caller: Caller,
    input: { readonly id: BreachId; readonly version: number; readonly facts: BreachFacts },
  ): Outcome<BreachView>;
}
