import { LEGAL_HOLD_REASON_MAX } from "../../domain/retention/legal-hold.ts";
import { type HeldThing, type HoldScope, liftHold, placeHold } from "../../domain/retention/place-hold.ts";
import { type LegalHoldId, parseId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { Application } from "../application.ts";
import { requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";

const thingOf = async ({ readers }: Deps, scope: HoldScope, on: string): Promise<HeldThing> => {
  if (scope === "subject") {
    return { subject: await readers.subjects.byId(on as never), comment: null, consent: null };
  }
  const [comment, consent] = await Promise.all([
    readers.comments.byId(on as never),
    readers.consents.byId(on as never),
  ]);
  return { subject: null, comment: comment?.comment ?? null, consent };
};

export const placeLegalHold =
  (deps: Deps): Application["legalHolds"]["place"] =>
  async (caller, { scope, on, reason }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const words = parseText(reason, LEGAL_HOLD_REASON_MAX);
    if (!words.ok)
      return err({ type: "invalid-input", errors: [{ pointer: "/reason", reason: words.error }] });
    return decideAndCommit(deps, caller, async () => {
      const { hold, changes } = placeHold(
        {
          guardVersion: await deps.readers.legalHolds.guardVersion(),
          thing: await thingOf(deps, scope, on),
        },
        { id: deps.ids.next(), scope, on, reason: words.value },
        await occasionOf(deps, caller),
      );
      return ok({ changes, value: hold });
    });
  };

export const listLegalHolds =
  ({ readers }: Deps): Application["legalHolds"]["list"] =>
  async (caller, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const after = cursor === null ? null : parseId<LegalHoldId>(cursor);
    if (cursor !== null && after === null) return badCursor();
    const rows = await readers.legalHolds.list(after, limit + 1);
    return ok(
      pageOf(
        rows,
        limit,
        (last) => last.id,
        (hold) => hold,
      ),
    );
  };

/** Lifting a hold that was lifted before changes nothing. */
export const liftLegalHold =
  (deps: Deps): Application["legalHolds"]["lift"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    return decideAndCommit(deps, caller, async () => {
      const hold = await deps.readers.legalHolds.byId(id);
      if (hold === null) return err({ type: "not-found" });
      return ok({ changes: liftHold(hold, await occasionOf(deps, caller)), value: null });
    });
  };
