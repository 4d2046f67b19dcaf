import { CompactSign, compactVerify, errors } from "jose";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";
import type { DocumentKind, DocumentSigner } from "../../ports/document-signer.ts";
import type { DocumentKeyRing } from "./document-keys.ts";
import { readJws } from "./jws.ts";

/** RFC 8725, 3.11: a type of its own for each kind, so that none passes for another. */
export const DOCUMENT_TYPES: Readonly<Record<DocumentKind, string>> = {
  receipt: "consent-receipt+jws",
  report: "signed-report+jws",
};

const encoder = new TextEncoder();

export const makeDocumentSigner = (ring: DocumentKeyRing): DocumentSigner => ({
  sign: async (kind, payload) => {
    const { kid, key } = await ring.current();
    return new CompactSign(encoder.encode(canonicalJson(payload)))
      .setProtectedHeader({ alg: "EdDSA", kid, typ: DOCUMENT_TYPES[kind] })
      .sign(key);
  },
  verify: async (kind, jws) => {
    const read = readJws(jws);
    if (!read.ok || read.value.header.typ !== DOCUMENT_TYPES[kind]) return null;
    const key = await ring.publicKey(read.value.header.kid);
    if (key === null) return null;
    try {
      await compactVerify(jws, key, { algorithms: ["EdDSA"] });
    } catch (failure) {
      if (failure instanceof errors.JOSEError) return null;
      throw failure;
    }
    // Signed here, so it is the JSON that was given to be signed.
    return JSON.parse(read.value.payload) as Json;
  },
  jwks: async () => {
    await ring.current();
    return { keys: await ring.published() };
  },
});
