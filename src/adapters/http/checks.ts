import { ok, type Result } from "../../domain/shared/result.ts";
import { readBody } from "./body.ts";
import { readQuery } from "./query.ts";
import type { Refusal } from "./refusals.ts";
import type { Route } from "./route.ts";
import { validator } from "./validation.ts";

/** What a route takes, as its schemas say. */
export interface Checks {
  query(request: Request): Result<unknown, Refusal>;
  /** Null: the route takes none. */
  readonly body: ((request: Request) => Promise<Result<CheckedBody, Refusal>>) | null;
}

/** The value, and the text that it was read from. */
export interface CheckedBody {
  readonly value: unknown;
  readonly text: string;
}

export const NO_BODY: Result<CheckedBody, never> = ok({ value: null, text: "" });

export const checksOf = ({ query, body, optionalBody, formBody, signedBody }: Route): Checks => {
  const checkQuery = query === undefined ? null : validator(query);
  const checkBody = body === undefined ? null : validator(body);
  return {
    query: (request) =>
      query === undefined || checkQuery === null ? ok({}) : checkQuery(readQuery(request.url, query)),
    body:
      checkBody === null
        ? null
        : async (request) => {
            const read = await readBody(request, {
              optional: optionalBody === true,
              form: formBody === true,
            });
            if (!read.ok) return read;
            const checked = checkBody(read.value.value);
            // Only a signature is over the text itself; everybody else has no need of it.
            const text = signedBody === true ? new TextDecoder().decode(read.value.bytes) : "";
            return checked.ok ? ok({ value: checked.value, text }) : checked;
          },
  };
};
