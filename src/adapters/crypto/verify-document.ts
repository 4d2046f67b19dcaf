import { type CryptoKey, compactVerify, errors, importJWK } from "jose";
import type { Json } from "../../domain/shared/canonical-json.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { DocumentKind } from "../../ports/document-signer.ts";
import { type JwsRefusal, readJws } from "./jws.ts";

/** RFC 8725, 3.11: a type of its own for each kind, so that none passes for another. */
export const DOCUMENT_TYPES: Readonly<Record<DocumentKind, string>> = {
  receipt: "consent-receipt+jws",
  report: "signed-report+jws",
};

export type DocumentRefusal = JwsRefusal | "another-kind" | "key-unknown" | "signature-wrong";

export interface VerifiedDocument {
  readonly payload: Json;
  readonly kid: string;
}

/** Looks a public key up by its id; null where it is none of ours. */
export type PublicKeyOf = (kid: string) => Promise<CryptoKey | null>;

/** What was signed here is JSON; what a stolen key signs may be anything. */
const parsedJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch (failure) {
    if (failure instanceof SyntaxError) return undefined;
    throw failure;
  }
};

/** Checks a document before anything in it is believed; needs nothing but public keys. Says why one is refused. */
export const verifyDocument = async (
  kind: DocumentKind,
  jws: string,
  keyOf: PublicKeyOf,
): Promise<Result<VerifiedDocument, { readonly type: DocumentRefusal }>> => {
  const read = readJws(jws);
  if (!read.ok) return read;
  const { header, payload } = read.value;
  if (header.typ !== DOCUMENT_TYPES[kind]) return err({ type: "another-kind" });
  const key = await keyOf(header.kid);
  if (key === null) return err({ type: "key-unknown" });
  try {
    await compactVerify(jws, key, { algorithms: ["EdDSA"] });
  } catch (failure) {
    if (failure instanceof errors.JOSEError) return err({ type: "signature-wrong" });
    throw failure;
  }
  const json = parsedJson(payload);
  return json === undefined ? err({ type: "not-a-jws" }) : ok({ payload: json, kid: header.kid });
};

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const keyNamed = (keys: readonly unknown[], kid: string): unknown =>
  keys.find(
    (key) => field(key, "kid") === kid && field(key, "kty") === "OKP" && field(key, "crv") === "Ed25519",
  );

/** The keys of a JWK Set from outside (RFC 7517): the Ed25519 ones; null when the value is no such set. */
export const keysOfSet = (set: unknown, member: "keys" | "revoked" = "keys"): PublicKeyOf | null => {
  const keys = field(set, member);
  if (!Array.isArray(keys)) return null;
  return async (kid) => {
    const x = field(keyNamed(keys, kid), "x");
    if (typeof x !== "string") return null;
    const key = await importJWK({ kty: "OKP", crv: "Ed25519", x }, "EdDSA");
    return key instanceof Uint8Array ? null : key;
  };
};

/** When a key of the set was revoked, in seconds since 1970; null when the set does not say so. */
export const revokedAt = (set: unknown, kid: string): number | null => {
  const keys = field(set, "revoked");
  const at = Array.isArray(keys) ? field(field(keyNamed(keys, kid), "revoked"), "revoked_at") : null;
  return typeof at === "number" && Number.isSafeInteger(at) ? at : null;
};
