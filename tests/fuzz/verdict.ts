import type { Route } from "../../src/adapters/http/route.ts";
import { deviations } from "../support/http-conformity.ts";
import type { Operation } from "./document.ts";
import { MARKED_NUMBER, MARKER } from "./values.ts";
import type { Outcome, WireAnswer, WireRequest } from "./wire.ts";

const KNOWN_METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** What is answered before the service sees a request: it has no body and none of our headers. */
const OF_THE_SERVER: readonly number[] = [400, 417, 431, 505];
const HEAD_LIMIT = 15_000;
const MOST_HEADERS = 150;

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const hasOne = (headers: WireRequest["headers"], name: string): boolean =>
  headers.filter(([each]) => each.toLowerCase() === name).length === 1;

/** Whether the head is one that any HTTP server must take. */
const isPlain = ({ method, target, headers }: WireRequest): boolean =>
  KNOWN_METHODS.includes(method) &&
  /^\/[\x21\x22\x24-\x7e]*$/.test(target) &&
  hasOne(headers, "host") &&
  headers.length < MOST_HEADERS &&
  headers.every(([name, value]) => NAME.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) &&
  !headers.some(([name]) => /^(transfer-encoding|content-length|expect|upgrade)$/i.test(name)) &&
  /^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "") &&
  target.length + headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0) <
    HEAD_LIMIT;

const textOf = ({ body }: WireAnswer): string => Buffer.from(body).toString();

/** Refusals that are no problem documents name what was asked for where their protocol says so. */
const withoutKey = (text: string): string => {
  const { key: _, ...rest } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return JSON.stringify(rest);
};

const echoes = (answer: WireAnswer): boolean => {
  const type = answer.headers.get("content-type") ?? "";
  const isSuccess = answer.status < 300;
  const held = [...answer.headers]
    .map(([, value]) => value)
    .join("\n")
    .toLowerCase();
  if (held.includes(MARKER)) return true;
  // What somebody stored is shown to those who may read it, as JSON or in her archive, and never on a page.
  if (isSuccess && (type === "application/json" || type === "application/zip")) return false;
  const text = (type === "application/json" ? withoutKey(textOf(answer)) : textOf(answer)).toLowerCase();
  return text.includes(MARKER) || text.includes(String(MARKED_NUMBER));
};

/** The operation a path leads to, where it can be told. */
const declaredAt = (
  operations: readonly Operation[],
  { method, target }: WireRequest,
): Operation | undefined => {
  const { pathname } = new URL(`http://localhost${target}`);
  return operations.find(
    (each) =>
      each.method === method &&
      new RegExp(`^${each.path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
  );
};

const undeclared = (operation: Operation | undefined, { status, headers }: WireAnswer): string[] => {
  if (operation === undefined) return [404, 405].includes(status) ? [] : [`${status} where nothing is`];
  const types = operation.responses[status];
  if (types === undefined) return [`${status} is not declared`];
  const type = headers.get("content-type")?.split(";")[0] ?? null;
  return (type === null && types.length === 0) || types.includes(type ?? "")
    ? []
    : [`${status} as ${type} is not declared`];
};

/** Not so where clients, proxies and servers may read a target differently. */
const isClear = (target: string): boolean =>
  /^\/[\w\-.~%!$&'()*+,;=:@/?[\]"]*$/.test(target) &&
  !/\/\.|%2e|%5c|%(?![0-9a-f]{2})|\/$|\/\?|\/\//i.test(target);

const emptyIn = (status: number): boolean => status === 204 || status === 304;

/** What is wrong with an outcome, in words that are the same for the same mistake; empty when nothing is. */
export const faultsOf = async (
  request: WireRequest,
  outcome: Outcome,
  operations: readonly Operation[],
  routes: readonly Route[],
): Promise<readonly string[]> => {
  const plain = isPlain(request);
  if (outcome.kind === "closed") return plain ? ["closed without an answer"] : [];
  if (outcome.kind !== "answered") return [outcome.kind];
  const { answer } = outcome;
  const { status, headers } = answer;
  if (!headers.has("x-request-id")) {
    return !plain && OF_THE_SERVER.includes(status) && answer.body.byteLength === 0
      ? []
      : [`a bare ${status}`];
  }
  const faults = [...(status >= 500 ? [`a ${status}`] : []), ...(echoes(answer) ? ["echoes"] : [])];
  const { method, target } = request;
  if (method === "HEAD" || method === "OPTIONS") return faults;
  const response = new Response(emptyIn(status) ? null : Buffer.from(answer.body), { status, headers });
  if (isClear(target)) {
    return [
      ...faults,
      ...undeclared(declaredAt(operations, request), answer),
      ...(await deviations(routes, { method, url: `http://localhost${target}` }, response)),
    ];
  }
  // Which operation this leads to, if any, is a matter of reading.
  return headers.get("content-type") === "application/problem+json"
    ? [...faults, ...(await deviations([], { method, url: "http://localhost/" }, response))]
    : faults;
};
