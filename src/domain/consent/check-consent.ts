import type { SubjectStatus } from "../roles/subject.ts";
import type { ConsentRecord } from "./consent.ts";
import { type ConsentQuestion, type ConsentStanding, purposeInForce } from "./consent-in-force.ts";
import type { ConsentType } from "./consent-type.ts";

/** What is stored that a check rests on, all of one moment. */
export interface CheckBasis {
  /** Why nothing of hers may be processed; null: nothing of the kind is known, also of who was never here. */
  readonly set_aside: Exclude<SubjectStatus, "active"> | null;
  /** Of the newest record of the subject; null: she never decided. */
  readonly latest: Pick<ConsentRecord, "purpose_states" | "gpc"> | null;
  /** Of the published policy; null: nothing has been published. */
  readonly material_version: number | null;
}

/** A program's question about one subject. `gpc`: it passes on the signal of the very request it works for. */
export type CheckQuestion = Pick<ConsentQuestion, "now" | "offered" | "gpc">;

/**
 * Whether this purpose may be processed for this subject now. Who was erased, who was never here and who never decided
 * are one and the same answer: an id tells nobody whether there is a person behind it.
 *
 * A program does not see the person's browser. Where it passes no signal on, the last one counts that she is known to
 * have sent, the one of her newest event: an objection stands until she is heard of without it (GDPR Art. 21(5)).
 */
export const checkConsent = (
  purpose: ConsentType,
  basis: CheckBasis | null,
  { now, offered, gpc }: CheckQuestion,
): ConsentStanding => {
  const known = basis === null || basis.set_aside === "erased" ? null : basis;
  const version = known?.material_version ?? null;
  return purposeInForce(purpose, known?.latest ?? null, {
    now,
    offered,
    policy: version === null ? null : { material_version: version },
    gpc: gpc || known?.latest?.gpc === true,
    restricted: known?.set_aside === "restricted",
  });
};
