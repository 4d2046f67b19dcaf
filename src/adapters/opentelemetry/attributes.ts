import type { Attributes } from "@opentelemetry/api";
import { OUTSIDE_SERVICES } from "../../ports/outside-call.ts";
import type { SpanAttributes } from "../../ports/tracer.ts";

const matches =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === "string" && pattern.test(value);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** What each attribute may hold. Whatever else a caller says is left out, whatever its type promised. */
const ALLOWED: Readonly<Record<keyof SpanAttributes, (value: unknown) => boolean>> = {
  "http.request.method": matches(/^(?:[A-Z]{3,7}|other)$/),
  // Our own templates: lower case, parameters by name, so nothing that was decoded from a path.
  "http.route": matches(/^\/[a-z0-9_.:/*-]{0,127}$/),
  "http.response.status_code": isCount,
  request_id: matches(/^[A-Za-z0-9-]{8,64}$/),
  "commit.group_size": isCount,
  "service.peer.name": matches(new RegExp(`^(?:${OUTSIDE_SERVICES.join("|")})$`)),
};

export const allowed = (attributes: SpanAttributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(
      ([name, value]) => Object.hasOwn(ALLOWED, name) && ALLOWED[name as keyof SpanAttributes](value),
    ),
  );

/** The kind of an error; a name that is no name of a type could be anything, so it is not told. */
export const errorTypeOf = (name: string): string =>
  /^[A-Za-z][A-Za-z0-9_]{0,60}$/.test(name) ? name : "Error";
