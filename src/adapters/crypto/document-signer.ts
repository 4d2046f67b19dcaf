import { CompactSign } from "jose";
import { canonicalJson } from "../../domain/shared/canonical-json.ts";
import type { DocumentSigner } from "../../ports/document-signer.ts";
import type { DocumentKeyRing } from "./document-keys.ts";
import { DOCUMENT_TYPES, verifyDocument } from "./verify-document.ts";

const encoder = new TextEncoder();

export const makeDocumentSigner = (ring: DocumentKeyRing): DocumentSigner => ({
  sign: async (kind, payload) => {
    const { kid, key } = await ring.current();
    return new CompactSign(encoder.encode(canonicalJson(payload)))
      .setProtectedHeader({ alg: "EdDSA", kid, typ: DOCUMENT_TYPES[kind] })
      .sign(key);
  },
  verify: async (kind, jws) => {
    const verified = await verifyDocument(kind, jws, ring.publicKey);
    return verified.ok ? verified.value.payload : null;
  },
  verifyRevoked: async (kind, jws) => {
    const verified = await verifyDocument(
      kind,
      jws,
      async (kid) => (await ring.revokedKey(kid))?.key ?? null,
    );
    const revoked = verified.ok ? await ring.revokedKey(verified.value.kid) : null;
    return verified.ok && revoked !== null
      ? { payload: verified.value.payload, revoked_at: revoked.revoked_at }
      : null;
  },
  jwks: async () => {
    await ring.current();
    return ring.published();
  },
});
