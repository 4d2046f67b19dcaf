import { signer } from "../support/webhooks.ts";
import { matched, type Operation, thingPath } from "./document.ts";
import { fitting } from "./fitting.ts";
import { isWanted } from "./values.ts";
import type { WireAnswer } from "./wire.ts";

/** Something the service keeps under a path of its own. */
export interface Thing {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** The last JSON that was seen of it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The headers of whoever made it; null where that was not seen. */
  readonly owner: readonly (readonly [name: string, value: string])[] | null;
}

/** What there is to ask for, as far as answers and mails have told. */
export interface World {
  /** Of what an operation is about; undefined where nothing is known. */
  thing(operation: Operation, pick: number): Thing | undefined;
  etag(path: string): string | null;
  /** Replaces what was left open in a value; what there is nothing for, and makes no sense without, is left out. */
  settle(value: unknown, params: Readonly<Record<string, string>>): unknown;
  /** Query parameters of a next page of this operation, with the path parameters they belong to. */
  nextPage(operation: Operation, pick: number): NextPage | undefined;
  learn(
    operation: Operation,
    path: string,
    query: NextPage["query"],
    owner: Thing["owner"],
    answer: WireAnswer,
  ): void;
  /** Where a privacy request stands now, whatever was odd about the request that moved it. */
  learnStanding(answer: WireAnswer): void;
  /** A credential that is refused speaks for nobody any more: what was asked for with it belongs to nobody known. */
  disown(credential: NonNullable<Thing["owner"]>): void;
  learnText(text: string): void;
  /** Headers by which the recipient that this body speaks of signs it. */
  signed(body: unknown): Signature;
}

export type Signature = Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>>;

export interface NextPage {
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
}

const MOST = 150;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const jsonOf = ({ headers, body }: Pick<WireAnswer, "headers" | "body">): unknown =>
  headers.get("content-type") === "application/json" ? JSON.parse(Buffer.from(body).toString()) : null;

const SUBJECT = "/v1/admin/subjects/{id}";
/** What the document does not say in so many words: a field that names something kept elsewhere. */
const NAMES: Readonly<Record<string, string>> = { subject: SUBJECT };
const FROM_SAME_THREAD: readonly string[] = ["parent_id", "root"];
const COMMENT = "/v1/comments/{id}";
/** Only the newest can be changed, and only while it is a draft; the next one is drafted under the next number. */
const POLICY = "/v1/admin/consent-policies/{version}";

const ADMIN_REQUEST = "/v1/admin/privacy-requests/{id}";
const REQUEST = "/v1/privacy-requests/{id}";

/** `own`: what must stay as it is, because the fuzzer itself lives on it. */
export const makeWorld = (operations: readonly Operation[], own: ReadonlySet<string>): World => {
  const templates = new Set(operations.flatMap(({ path }) => thingPath(path) ?? []));
  const things = new Map<string, Map<string, Thing>>([...templates].map((each) => [each, new Map()]));
  const etags = new Map<string, string>();
  const words = new Map<string, string[]>();
  const pages = new Map<string, NextPage[]>();
  /** Secrets of recipients, and whom each delivery is to. */
  const secrets = new Map<string, string>();
  const recipients = new Map<string, string>();

  const keep = <T>(lists: Map<string, T[]>, name: string, value: T): void => {
    const list = lists.get(name) ?? [];
    list.push(value);
    if (list.length > MOST) list.shift();
    lists.set(name, list);
  };

  /** What has a name of its own beside the things. */
  const literals = new Set(operations.map(({ path }) => path).filter((path) => !path.includes("{")));
  const keepThing = (path: string, body: Json | null, owner: Thing["owner"]): void => {
    if (literals.has(path)) return;
    for (const template of templates) {
      const params = matched(template, path);
      const known = things.get(template);
      if (params === null || known === undefined || Object.values(params).some((each) => own.has(each)))
        continue;
      const before = known.get(path);
      known.delete(path);
      known.set(path, {
        path,
        params,
        body: body ?? before?.body ?? {},
        owner: owner ?? before?.owner ?? null,
      });
      const [oldest] = known.keys();
      if (known.size > MOST && oldest !== undefined) known.delete(oldest);
    }
  };

  const forget = (path: string): void => {
    for (const known of things.values()) known.delete(path);
  };

  const keepETag = (path: string, etag: string): void => {
    etags.set(path, etag);
    const [oldest] = etags.keys();
    if (etags.size > 10 * MOST && oldest !== undefined) etags.delete(oldest);
  };

  const isUnder = (list: string | undefined, path: string): boolean =>
    list !== undefined && matched(list, path) !== null;

  /** Who signs what. */
  const learnRecipient = (value: Json, path: string): void => {
    const { id, secret, webhook_id } = value;
    const of = typeof id === "string" ? id : (path.split("/").at(-2) ?? "");
    if (typeof secret === "string" && secret.startsWith("whsec_")) secrets.set(of, secret);
    if (typeof webhook_id !== "string" || typeof id !== "string") return;
    recipients.set(id, webhook_id);
    keep(words, "delivery_id", id);
  };

  /** A decision is asked for by its id, with the receipt that answered it. */
  const learnReceipt = ({ receipt, consent }: Json): void => {
    if (typeof receipt === "string" && isObject(consent))
      keepThing(`/v1/consents/${String(consent["id"])}`, { receipt }, null);
  };

  const learnJson = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const each of value) learnJson(each, path);
    if (!isObject(value)) return;
    learnRecipient(value, path);
    learnReceipt(value);
    for (const [name, each] of Object.entries(value)) {
      if (typeof each !== "string") {
        learnJson(each, path);
        continue;
      }
      if (each.startsWith("/")) keepThing(each, null, null);
      const elsewhere = NAMES[name];
      if (elsewhere !== undefined) keepThing(elsewhere.replace("{id}", each), null, null);
      if (name.endsWith("token") || name === "key") keep(words, name, each);
    }
    // An item of a list lies under the list, by whatever its path calls it.
    for (const template of templates) {
      const name = /^(.*)\/\{(\w+)\}$/.exec(template);
      const id = name?.[2] === undefined ? undefined : (value[name[2]] ?? value["id"]);
      if (isUnder(name?.[1], path) && (typeof id === "string" || typeof id === "number"))
        keepThing(`${path}/${encodeURIComponent(id)}`, value, null);
    }
  };

  const learnPages = (operation: Operation, path: string, query: NextPage["query"], body: Json): void => {
    const params = matched(operation.path, path) ?? {};
    const rest = query.filter(([name]) => name !== "cursor");
    if (typeof body["next_cursor"] === "string") {
      keep(pages, operation.id, { params, query: [...rest, ["cursor", body["next_cursor"]]] });
    }
    for (const item of Array.isArray(body["items"]) ? body["items"].filter(isObject) : []) {
      if (typeof item["replies_cursor"] !== "string") continue;
      const more = [
        ["root", String(item["id"])],
        ["cursor", item["replies_cursor"]],
      ] as const;
      keep(pages, operation.id, { params, query: more });
    }
  };

  /** Privacy requests that wait for a link, and its token. */
  const links = new Map<string, string>();

  const learnRequest = (json: unknown): void => {
    if (!isObject(json) || !("restriction_ground" in json)) return;
    const id = String(json["id"]);
    keepThing(REQUEST.replace("{id}", id), json, null);
    if (json["state"] !== "awaiting_confirmation") links.delete(id);
  };

  const requests = (id: string): readonly Thing[] => {
    const known = [...(things.get(REQUEST)?.values() ?? [])];
    if (id === "confirmPrivacyRequest") return known.filter(({ params }) => links.has(params["id"] ?? ""));
    return fitting(id, known);
  };

  const nth = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];

  const policies = (): readonly Thing[] => [...(things.get(POLICY)?.values() ?? [])];
  const newestPolicy = (): number =>
    Math.max(1, ...policies().map(({ params }) => Number(params["version"])));
  const draft = (): Thing | undefined => policies().find(({ body }) => body["status"] === "draft");

  const ofSameThread = (params: NextPage["params"], pick: number): unknown =>
    nth(
      [...(things.get(COMMENT)?.values() ?? [])].filter(({ body }) => body["thread"] === params["thread"]),
      pick,
    )?.body["id"];

  const hasSecret = (webhook: string): boolean => secrets.has(webhook);
  /** Nothing can be signed for a recipient whose secret was not seen. */
  const known = (wanted: string): readonly string[] => {
    const list = words.get(wanted) ?? [];
    return wanted === "delivery_id" ? list.filter((each) => hasSecret(recipients.get(each) ?? "")) : list;
  };

  const found = (wanted: string, pick: number, params: NextPage["params"]): unknown => {
    // Some of the time what nobody gave out.
    if (pick % 10 === 0) return undefined;
    if (wanted === "subject") return nth([...(things.get(SUBJECT)?.values() ?? [])], pick)?.params["id"];
    if (wanted === "version") return newestPolicy() + 1;
    const link = wanted === "token" ? links.get(params["id"] ?? "") : undefined;
    if (link !== undefined) return link;
    if (FROM_SAME_THREAD.includes(wanted)) return ofSameThread(params, pick) ?? null;
    return wanted === "cursor" ? null : nth(known(wanted).toReversed(), pick);
  };

  const settle: World["settle"] = (value, params) => {
    if (isWanted(value)) return found(value.wanted, value.pick, params) ?? settle(value.otherwise, params);
    if (Array.isArray(value)) return value.map((each) => settle(each, params));
    if (!isObject(value)) return value;
    const without = (each: unknown): boolean =>
      isWanted(each) && found(each.wanted, each.pick, params) === null;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, each]) => !without(each))
        .map(([name, each]) => [name, settle(each, params)]),
    );
  };

  return {
    thing: ({ id, path, method }, pick) => {
      const template = thingPath(path) ?? "";
      if (template === REQUEST || template === ADMIN_REQUEST) return nth(requests(id).toReversed(), pick);
      const known = [...(things.get(template)?.values() ?? [])];
      if (id === "rotateWebhookSecret" && pick % 2 === 0) {
        const silent = [...recipients.values()].filter((each) => !hasSecret(each));
        const first = known.find(({ params }) => silent.includes(params["id"] ?? ""));
        if (first !== undefined) return first;
      }
      if (template === POLICY && method !== "GET" && pick % 4 !== 0) return draft();
      return nth(known.toReversed(), pick);
    },
    etag: (path) => etags.get(path) ?? null,
    settle,
    nextPage: ({ id }, pick) => nth(pages.get(id) ?? [], pick),
    learn: (operation, path, query, owner, { status, headers, body }) => {
      // Removed, or not for everybody's eyes: of no use either way.
      if (status === 404) forget(path);
      if (status < 200 || status > 299) return;
      const location = headers.get("location");
      const about = location ?? path;
      const json = jsonOf({ headers, body });
      const etag = headers.get("etag");
      const isThing = isObject(json) && !("items" in json);
      if (location !== null) keepThing(location, isObject(json) ? json : null, owner);
      else if (etag !== null) keepThing(path, isThing ? json : null, null);
      if (etag !== null) {
        const template = thingPath(operation.path);
        const depth = location === null && template !== null ? template.split("/").length : undefined;
        keepETag(about.split("/").slice(0, depth).join("/"), etag);
      }
      if (operation.method === "DELETE") forget(path);
      // A recipient that was removed signs nothing any more.
      if (operation.id === "removeWebhook") {
        const gone = path.split("/").at(-1);
        const kept = words.get("delivery_id")?.filter((each) => recipients.get(each) !== gone);
        words.set("delivery_id", kept ?? []);
      }
      if (operation.id === "readOpenApiDocument") return;
      learnJson(json, path);
      learnRequest(json);
      if (isObject(json)) learnPages(operation, path, query, json);
    },
    learnStanding: (answer) => {
      if (answer.status >= 200 && answer.status <= 299) learnRequest(jsonOf(answer));
    },
    disown: (credential) => {
      for (const known of things.values()) {
        for (const [path, thing] of known) {
          if (Bun.deepEquals(thing.owner, credential)) known.set(path, { ...thing, owner: null });
        }
      }
    },
    signed: (body) => {
      const delivery = isObject(body) ? String(body["delivery_id"]) : "";
      const secret = secrets.get(recipients.get(delivery) ?? "") ?? "whsec_bm9ib2R5";
      const message = {
        id: `msg_${delivery}`,
        timestamp: Math.floor(Date.now() / 1_000),
        body: JSON.stringify(body) ?? "",
      };
      return {
        "webhook-id": message.id,
        "webhook-timestamp": String(message.timestamp),
        "webhook-signature": signer.sign([secret], message),
      };
    },
    learnText: (text) => {
      for (const [link] of text.matchAll(/https?:\/\/[^\s"<>]+/g)) {
        const { pathname, hash } = new URL(link);
        keepThing(pathname, null, null);
        const [, id, token] = /^#([0-9a-f-]{36})\.(gnp_[\w-]+)$/.exec(hash) ?? [];
        if (id !== undefined && token !== undefined) {
          keepThing(REQUEST.replace("{id}", id), null, null);
          links.set(id, token);
        }
        if (hash.length > 1) keep(words, "link_token", hash.slice(1));
      }
    },
  };
};
