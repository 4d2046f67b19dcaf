import { t } from "elysia";
import { answering } from "../../../app/idempotency/begin-request.ts";
import type { LegalHold } from "../../../domain/retention/legal-hold.ts";
import { type LegalHoldId, parseId } from "../../../domain/shared/ids.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { type Answer, json, keptAnswer, type Route, route } from "../route.ts";
import { PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";
import { LegalHoldPage, LegalHoldView, legalHoldBody, NewLegalHold } from "../schemas/legal-holds.ts";

const PATH = "/v1/admin/legal-holds";

const placedHold = (hold: LegalHold): Answer =>
  json(legalHoldBody(hold), { status: 201, headers: { Location: `${PATH}/${hold.id}` } });

export const adminLegalHoldRoutes = ({ application: { legalHolds } }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: PATH,
    operationId: "listLegalHolds",
    tag: "administration",
    summary: "Legal holds, lifted ones too",
    permission: ["system:administer"],
    query: t.Object(PAGE_QUERY),
    success: { status: 200, description: "A page of holds", schema: LegalHoldPage },
    problems: [],
    handle: async ({ caller, query }) => {
      const found = await legalHolds.list(caller, pageRequest(query));
      if (!found.ok) return found;
      const { items, next_cursor } = found.value;
      return ok(json({ items: items.map(legalHoldBody), next_cursor }));
    },
  }),
  route({
    method: "POST",
    path: PATH,
    operationId: "placeLegalHold",
    tag: "administration",
    summary: "Forbid the erasure of a person's data, or of one record",
    description:
      "From now on neither retention nor an erasure takes it (GDPR Art. 17(3)(e)). An erasure that has begun stops where it is; the person stays restricted until the hold is lifted.",
    permission: ["system:administer"],
    body: NewLegalHold,
    success: {
      status: 201,
      description: "In force",
      schema: LegalHoldView,
      headers: { Location: "The hold, where it is lifted" },
    },
    problems: ["conflict"],
    handle: async ({ caller, body }) => {
      const placed = await legalHolds.place(
        answering(caller, (hold: LegalHold) => keptAnswer(placedHold(hold))),
        body,
      );
      return placed.ok ? ok(placedHold(placed.value)) : placed;
    },
  }),
  route({
    method: "DELETE",
    path: `${PATH}/:id`,
    operationId: "liftLegalHold",
    tag: "administration",
    summary: "Lift a legal hold",
    description:
      "What had to wait for it goes on by itself within a minute. The hold stays on the list, with its end.",
    permission: ["system:administer"],
    params: { id: uuid() },
    success: { status: 204, description: "Lifted", schema: null },
    problems: ["not-found", "conflict"],
    handle: async ({ caller, params: { id } }) => {
      const hold = parseId<LegalHoldId>(id);
      if (hold === null) return err({ type: "not-found" });
      const lifted = await legalHolds.lift(caller, hold);
      return lifted.ok ? ok({ content: null }) : lifted;
    },
  }),
];
