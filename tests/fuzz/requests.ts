import * as fc from "fast-check";
import type { Operation } from "./document.ts";
import { thingPath } from "./document.ts";
import { type Draft, type Twist, targetOf } from "./draft.ts";
import { hostile } from "./hostile.ts";
import { type Header, KINDS, type Kind, type People } from "./people.ts";
import { twistsOf } from "./twists.ts";
import { valuesOf } from "./values.ts";
import type { WireRequest } from "./wire.ts";
import type { Thing, World } from "./world.ts";

/** What is to be asked, as far as it can be said before it is known what there is. */
export interface Plan {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Null: whoever is allowed to. */
  readonly who: Kind | null;
  readonly byCookie: boolean;
  readonly picks: readonly [number, number, number, number];
  readonly twist: Twist | null;
  /** Sent twice, as by a client that lost the first answer. */
  readonly again: boolean;
}

const recordOf = (parameters: Operation["query"]) =>
  fc.record(Object.fromEntries(parameters.map(({ name, schema }) => [name, valuesOf(schema, name)])), {
    requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name),
  });

const planOf = (operation: Operation): fc.Arbitrary<Plan> =>
  fc.record({
    operation: fc.constant(operation),
    params: recordOf(operation.params),
    query: fc.oneof(
      { weight: 2, arbitrary: recordOf(operation.query) },
      { weight: operation.query.some(({ required }) => required) ? 0 : 1, arbitrary: fc.constant({}) },
    ),
    body: operation.body === null ? fc.constant(undefined) : valuesOf(operation.body.schema, ""),
    who: fc.oneof(
      { weight: 2, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(...KINDS) },
    ),
    byCookie: fc.boolean(),
    picks: fc.tuple(fc.nat(9_999), fc.nat(9_999), fc.nat(9_999), fc.nat(9_999)),
    again: fc.nat(11).map((n) => n === 11),
    // Of ten requests five are valid, four nearly, one hostile.
    twist: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 4, arbitrary: twistsOf(operation) },
      { weight: 1, arbitrary: hostile },
    ),
  });

/** What goes well only where something else has before, and that something: asked more often. */
const LATE: readonly string[] = [
  "acknowledgeWebhook",
  "cancelPrivacyRequest",
  "changeBreach",
  "decidePrivacyRequest",
  "editComment",
  "enterPrivacyRequest",
  "extendPrivacyRequest",
  "filePrivacyRequest",
  "identifyPrivacyRequest",
  "liftRestriction",
  "refusePrivacyRequest",
];

/** Requests over all operations; those that create are asked more often, so that there is something to ask for. */
export const plans = (operations: readonly Operation[]): fc.Arbitrary<Plan> =>
  fc.oneof(
    ...operations.map((each) => ({
      weight: LATE.includes(each.id) || (each.params.length > 0 && "201" in each.responses) ? 3 : 1,
      arbitrary: planOf(each),
    })),
  );

/** Somebody who meets this requirement, in the words of `x-permission`. */
const meeting = (requirement: string, plan: Plan, people: People): readonly Header[] => {
  const { picks, byCookie } = plan;
  const as = (...kinds: readonly Kind[]): readonly Header[] =>
    people.as(kinds[picks[2] % kinds.length] ?? "nobody", picks[1], byCookie);
  switch (requirement) {
    case "none":
    case "recipient":
    case "metrics":
      return [];
    case "content:read":
      return as("nobody", "commenter", "visitor", "service");
    case "person":
      return as("nobody", "visitor", "commenter");
    case "receipt":
      return as("receipt");
    case "subject":
      return as("visitor", "commenter", "moderator");
    case "rights-holder":
      return as("commenter", "commenter by mail", "visitor");
    case "session":
      return as("commenter", "moderator", "admin narrowed to posting");
    case "service":
      return as("service");
    case "comments:post":
      return as("commenter", "commenter by mail", "moderator", "admin narrowed to posting");
    case "comments:moderate":
      return as("moderator", "admin");
    case "system:administer":
      return as("admin");
    default:
      if (!requirement.includes(":"))
        throw new Error(`a permission the fuzzer does not know: ${requirement}`);
      return people.service(requirement, true);
  }
};

const allowed = (plan: Plan, people: People, thing: Thing | undefined): readonly Header[] => {
  const { operation, picks, body } = plan;
  // The document says only in words that this one body is for programs.
  if (typeof body === "object" && body !== null && "external_user_id" in body)
    return people.service("sessions:create", true);
  const token = thing?.body["edit_token"];
  const editable = typeof token === "string" && operation.permission.includes("edit-token");
  if (editable && picks[3] % 2 === 0) return [["Authorization", `Bearer ${token}`]];
  if (editable && thing?.owner != null && picks[3] % 4 === 1) return thing.owner;
  // What is asked by right is for who asked.
  if (operation.permission.includes("rights-holder") && thing?.owner != null) return thing.owner;
  // A decision is told to who made it, and the receipt says who.
  const receipt = thing?.body["receipt"];
  if (typeof receipt === "string" && operation.permission.includes("receipt"))
    return [["Authorization", `Bearer ${receipt}`]];
  const others = operation.permission.filter((each) => each !== "edit-token");
  return meeting(others[picks[3] % others.length] ?? "none", plan, people);
};

const someone = (plan: Plan, people: People): readonly Header[] => {
  const { who, picks, byCookie, operation } = plan;
  if (who !== "service") return people.as(who ?? "nobody", picks[1], byCookie);
  const scope = operation.permission.find((each) => each.includes(":"));
  return scope === undefined ? people.as(who, picks[1], false) : people.service(scope, picks[2] % 2 === 0);
};

const isCredential = ([name]: Header): boolean =>
  ["authorization", "cookie", "origin"].includes(name.toLowerCase());

/** Headers that say who asks. */
export const credentialOf = (headers: readonly Header[]): readonly Header[] => headers.filter(isCredential);

/** Header parameters of the document, with values that make sense. */
const conditions = (
  plan: Plan,
  world: World,
  path: string,
  key: string,
  body: unknown,
): readonly Header[] => {
  const signature = world.signed(body);
  return plan.operation.headers.flatMap(({ name, required }): readonly Header[] => {
    const [, , pick] = plan.picks;
    const etag = world.etag(path);
    switch (name) {
      case "If-Match":
        if (etag !== null && pick % 4 !== 0) return [[name, etag]];
        return required ? [[name, "*"]] : [];
      case "If-None-Match":
        return etag !== null && pick % 2 === 0 ? [[name, etag]] : [];
      case "webhook-id":
      case "webhook-timestamp":
      case "webhook-signature":
        return [[name, signature[name]]];
      case "Idempotency-Key":
        return pick % 3 === 0 ? [[name, `"${key}"`]] : [];
      default:
        throw new Error(`a header the fuzzer does not know: ${name}`);
    }
  });
};

const texts = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

export const draftOf = (plan: Plan, world: World, people: People, host: string, key: string): Draft => {
  const { operation, picks } = plan;
  const thing = picks[0] % 8 === 0 ? undefined : world.thing(operation, picks[1]);
  const next = picks[0] % 3 === 0 ? world.nextPage(operation, picks[1]) : undefined;
  const params =
    next?.params ??
    thing?.params ??
    texts(world.settle(plan.params, {}) as object as Readonly<Record<string, unknown>>);
  const query =
    next?.query ??
    Object.entries(texts(world.settle(plan.query, params) as Readonly<Record<string, unknown>>));
  const draft: Draft = {
    operation,
    method: operation.method,
    params,
    query: query.map(([name, value]) => [name, encodeURIComponent(value)] as const),
    headers: [],
    body: structuredClone(world.settle(plan.body, params)),
    bytes: null,
    target: null,
  };
  const about =
    thing?.path ??
    targetOf({
      ...draft,
      operation: { ...operation, path: thingPath(operation.path) ?? operation.path },
      query: [],
    });
  draft.headers = [
    ["Host", host],
    ...(plan.who === null ? allowed(plan, people, thing) : someone(plan, people)),
    ...(operation.body === null ? [] : [["Content-Type", operation.body.type] as const]),
    ...conditions(plan, world, about, key, draft.body),
  ];
  plan.twist?.(draft);
  return draft;
};

const formOf = (body: unknown): string =>
  new URLSearchParams(texts(body as Readonly<Record<string, unknown>>)).toString();

const bytesOf = ({ operation, body, bytes }: Draft): Uint8Array | null => {
  if (bytes !== null) return bytes;
  if (body === undefined) return null;
  const isForm = operation.body?.type === "application/x-www-form-urlencoded" && typeof body === "object";
  return Buffer.from(isForm ? formOf(body) : JSON.stringify(body));
};

export const requestOf = (draft: Draft): WireRequest => ({
  method: draft.method,
  target: targetOf(draft),
  headers: draft.headers,
  body: bytesOf(draft),
});
