import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Refusal } from "./refusals.ts";

/** The largest body that is read. */
export const BODY_LIMIT_BYTES = 65_536;

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;

const FORM_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

const isOfType = (headers: Headers, type: RegExp): boolean =>
  type.test(headers.get("content-type") ?? "") &&
  ["", "identity"].includes(headers.get("content-encoding")?.trim().toLowerCase() ?? "");

/** The bytes of the body, or null as soon as there are more than the limit. */
const readBytes = async (request: Request): Promise<Uint8Array | null> => {
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // A client may say nothing, or something wrong, about the length: what counts is what arrives.
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const parseJson = (bytes: Uint8Array): Result<unknown, Refusal> => {
  try {
    return ok(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    // The parser's message quotes the body.
    return err({ type: "malformed-json" });
  }
};

const NO_FORM: Result<never, Refusal> = err({
  type: "invalid-input",
  errors: [{ pointer: "", detail: "must be a form of the type that Content-Type names" }],
});

/** The fields by their names; what is uploaded as a file stays one, and no schema here takes it. */
const parseForm = async (bytes: Uint8Array, headers: Headers): Promise<Result<unknown, Refusal>> => {
  const type = headers.get("content-type") ?? "";
  try {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    return ok(Object.fromEntries([...form]));
  } catch {
    // The parser's message quotes the body.
    return NO_FORM;
  }
};

/** What of a body a route takes. */
export interface BodyKind {
  /** No body at all is an empty object, whatever type it is said to be. */
  readonly optional: boolean;
  /** A form as browsers and mail programs send it, instead of JSON. */
  readonly form: boolean;
}

export interface ReadBody {
  readonly value: unknown;
  /** As they came. */
  readonly bytes: Uint8Array;
}

/** The value of the body: 415 when it is of another type, 413 when too large, 400 or 422 when it cannot be parsed. */
export const readBody = async (
  request: Request,
  { optional, form }: BodyKind,
): Promise<Result<ReadBody, Refusal>> => {
  const { headers } = request;
  const ofType = isOfType(headers, form ? FORM_TYPE : JSON_TYPE);
  if (!optional && !ofType) return err({ type: "unsupported-media-type" });
  if (Number(headers.get("content-length") ?? 0) > BODY_LIMIT_BYTES) return err({ type: "body-too-large" });
  const bytes = await readBytes(request).catch((failure: unknown) => {
    if (failure instanceof Error && failure.name === "AbortError") return "gone" as const;
    throw failure;
  });
  // Who sent half a body and went reads no answer, and is no failure of this service.
  if (bytes === "gone") return form ? NO_FORM : err({ type: "malformed-json" });
  if (bytes === null) return err({ type: "body-too-large" });
  if (optional && bytes.byteLength === 0) return ok({ value: {}, bytes });
  if (!ofType) return err({ type: "unsupported-media-type" });
  const parsed = form ? await parseForm(bytes, headers) : parseJson(bytes);
  return parsed.ok ? ok({ value: parsed.value, bytes }) : parsed;
};
