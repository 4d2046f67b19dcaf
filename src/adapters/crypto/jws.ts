import { err, ok, type Result } from "../../domain/shared/result.ts";

export interface ReadJws {
  readonly header: { readonly kid: string; readonly typ: string };
  /** UTF-8 text, as yet unproven. */
  readonly payload: string;
}

export type JwsRefusal = "not-a-jws" | "algorithm-not-allowed" | "header-not-ours";

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/;
/** A thumbprint: 256 bits in base64url. */
const KID = /^[A-Za-z0-9_-]{43}$/;
const HEADER_FIELDS = ["alg", "kid", "typ"];

/** The bytes of base64url in its one spelling; null for any other: spare bits and foreign letters change no signature. */
const decoded = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
};

const utf8 = (bytes: Buffer): string | null => {
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : null;
};

const jsonObject = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch (failure) {
    if (failure instanceof SyntaxError) return null;
    throw failure;
  }
};

/**
 * Takes a compact JWS apart without believing it. Its header holds `alg`, `kid` and `typ` and nothing else: no key and
 * no address of one comes from the document itself, and the algorithm is the one that we sign with, not the one it names.
 */
export const readJws = (jws: string): Result<ReadJws, { readonly type: JwsRefusal }> => {
  const [, headerPart = "", payloadPart = "", signaturePart = ""] = COMPACT.exec(jws) ?? [];
  const [headerBytes, payloadBytes] = [decoded(headerPart), decoded(payloadPart)];
  if (
    signaturePart === "" ||
    headerBytes === null ||
    payloadBytes === null ||
    decoded(signaturePart) === null
  )
    return err({ type: "not-a-jws" });
  const headerText = utf8(headerBytes);
  const header = headerText === null ? null : jsonObject(headerText);
  const payload = utf8(payloadBytes);
  if (header === null || payload === null) return err({ type: "not-a-jws" });
  const { alg, kid, typ } = header;
  if (alg !== "EdDSA") return err({ type: "algorithm-not-allowed" });
  const known = Object.keys(header).every((name) => HEADER_FIELDS.includes(name));
  if (!known || typeof kid !== "string" || !KID.test(kid) || typeof typ !== "string")
    return err({ type: "header-not-ours" });
  return ok({ header: { kid, typ }, payload });
};
