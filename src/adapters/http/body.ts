import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Refusal } from "./refusals.ts";

/** The largest body that is read. */
export const BODY_LIMIT_BYTES = 65_536;

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;

const isJson = (headers: Headers): boolean =>
  JSON_TYPE.test(headers.get("content-type") ?? "") &&
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

/**
 * The JSON value of the body: 415 when it is no JSON, 413 when too large, 400 when it cannot be parsed. `optional`: no
 * body at all is an empty object, whatever type it is said to be.
 */
export const readJson = async (request: Request, optional: boolean): Promise<Result<unknown, Refusal>> => {
  if (!optional && !isJson(request.headers)) return err({ type: "unsupported-media-type" });
  if (Number(request.headers.get("content-length") ?? 0) > BODY_LIMIT_BYTES)
    return err({ type: "body-too-large" });
  const bytes = await readBytes(request).catch((failure: unknown) => {
    if (failure instanceof Error && failure.name === "AbortError") return "gone" as const;
    throw failure;
  });
  // Who sent half a body and went reads no answer, and is no failure of this service.
  if (bytes === "gone") return err({ type: "malformed-json" });
  if (bytes === null) return err({ type: "body-too-large" });
  if (optional && bytes.byteLength === 0) return ok({});
  return isJson(request.headers) ? parseJson(bytes) : err({ type: "unsupported-media-type" });
};
