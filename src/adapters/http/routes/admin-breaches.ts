import { t } from "elysia";
import type { BreachView } from "../../../app/breaches/breaches.ts";
import { answering } from "../../../app/idempotency/begin-request.ts";
import { type BreachId, parseId } from "../../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { versionFor } from "../precondition.ts";
import type { Refusal } from "../refusals.ts";
import { entityTag } from "../request-headers.ts";
import { type Answer, json, keptAnswer, type Route, route } from "../route.ts";
import {
  Breach,
  BreachChange,
  BreachPage,
  breachBody,
  factsOf,
  momentOf,
  NewBreach,
} from "../schemas/breaches.ts";
import { PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";

const PATH = "/v1/admin/breaches";
const NOT_FOUND: Result<never, Refusal> = err({ type: "not-found" });
const params = { id: uuid() };

const answered = (view: BreachView): Answer =>
  json(breachBody(view), { headers: { ETag: entityTag(view.breach.version) } });

const recorded = (view: BreachView) =>
  json(breachBody(view), {
    status: 201,
    headers: { ETag: entityTag(view.breach.version), Location: `${PATH}/${view.breach.id}` },
  });

export const adminBreachRoutes = ({ application: { breaches } }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: PATH,
    operationId: "listBreaches",
    tag: "administration",
    summary: "The breach register, newest first",
    description: "Every breach of personal data, its effects and what was done (GDPR Art. 33(5)).",
    permission: ["system:administer"],
    query: t.Object(PAGE_QUERY),
    success: { status: 200, description: "A page of breaches", schema: BreachPage },
    problems: [],
    handle: async ({ caller, query }) => {
      const found = await breaches.list(caller, pageRequest(query));
      if (!found.ok) return found;
      const { items, next_cursor } = found.value;
      return ok(json({ items: items.map(breachBody), next_cursor }));
    },
  }),
  route({
    method: "POST",
    path: PATH,
    operationId: "recordBreach",
    tag: "administration",
    summary: "Enter a breach of personal data",
    description:
      "As soon as it is known, with what is known. The authority is told within 72 hours of `aware_at` unless a risk is unlikely, in phases where need be; `notified_at` wants everything of GDPR Art. 33(3), and a notice after 72 hours its reason.",
    permission: ["system:administer"],
    body: NewBreach,
    success: {
      status: 201,
      description: "Entered",
      schema: Breach,
      headers: { ETag: "Its version", Location: "The breach" },
    },
    problems: ["conflict"],
    handle: async ({ caller, body }) => {
      const entered = await breaches.record(
        answering(caller, (view: BreachView) => keptAnswer(recorded(view))),
        { ...factsOf(body), nature: body.nature, aware_at: momentOf(body.aware_at) },
      );
      return entered.ok ? ok(recorded(entered.value)) : entered;
    },
  }),
  route({
    method: "GET",
    path: `${PATH}/:id`,
    operationId: "readBreach",
    reads: "breach",
    tag: "administration",
    summary: "A breach, and where its notices stand",
    permission: ["system:administer"],
    params,
    success: { status: 200, description: "The breach", schema: Breach, headers: { ETag: "Its version" } },
    problems: ["not-found"],
    handle: async ({ caller, params: { id } }) => {
      const breach = parseId<BreachId>(id);
      if (breach === null) return NOT_FOUND;
      const found = await breaches.read(caller, breach);
      return found.ok ? ok(answered(found.value)) : found;
    },
  }),
  route({
    method: "PATCH",
    path: `${PATH}/:id`,
    operationId: "changeBreach",
    tag: "administration",
    summary: "Complete a breach, or tell of a notice",
    description: "What is left out stays. Nothing is taken back: a fact is replaced, a phase added.",
    permission: ["system:administer"],
    params,
    body: BreachChange,
    ifMatch: true,
    success: { status: 200, description: "Changed", schema: Breach, headers: { ETag: "Its new version" } },
    problems: ["not-found", "conflict"],
    handle: async ({ caller, params: { id }, body, ifMatch }) => {
      const breach = parseId<BreachId>(id);
      if (breach === null) return NOT_FOUND;
      const version = await versionFor(ifMatch, async () => {
        const found = await breaches.read(caller, breach);
        return found.ok ? ok({ version: found.value.breach.version }) : found;
      });
      if (!version.ok) return version;
      const changed = await breaches.change(caller, {
        id: breach,
        version: version.value,
        facts: factsOf(body),
      });
      return changed.ok ? ok(answered(changed.value)) : changed;
    },
  }),
];
