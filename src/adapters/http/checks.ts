import { ok, type Result } from "../../domain/shared/result.ts";
import { readBody } from "./body.ts";
import { readQuery } from "./query.ts";
import type { Refusal } from "./refusals.ts";
import type { Route } from "./route.ts";
import { validator } from "./validation.ts";

/** What a route takes, as its schemas say. */
export interface Checks {
  query(request: Request): Result<unknown, Refusal>;
  body(request: Request): Promise<Result<unknown, Refusal>>;
}

export const checksOf = ({ query, body, optionalBody, formBody }: Route): Checks => {
  const checkQuery = query === undefined ? null : validator(query);
  const checkBody = body === undefined ? null : validator(body);
  return {
    query: (request) =>
      query === undefined || checkQuery === null ? ok({}) : checkQuery(readQuery(request.url, query)),
    body: async (request) => {
      if (checkBody === null) return ok(null);
      const read = await readBody(request, { optional: optionalBody === true, form: formBody === true });
      return read.ok ? checkBody(read.value) : read;
    },
  };
};
