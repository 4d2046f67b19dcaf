import { CompactSign, decodeProtectedHeader, importJWK } from "jose";
import { SEAL_CONTEXTS } from "../../src/domain/personal-data/sealed-fields.ts";
import { canonicalJson, type Json } from "../../src/domain/shared/canonical-json.ts";
import type { TestService } from "./service.ts";

/** What a thief does who has copied the private key that signed this receipt: signs what he likes, as we do. */
export const thiefOf = async ({ deps }: Pick<TestService, "deps">, receipt: string) => {
  const { kid = "" } = decodeProtectedHeader(receipt);
  const id = `document-key:private:${kid}`;
  const row = await deps.readers.keys.byId(id);
  if (row === null) throw new Error("there is no such key to steal");
  const key = await importJWK(
    JSON.parse(deps.sealer.open(row.wrapped, SEAL_CONTEXTS.keys.wrapped({ id }))),
    "EdDSA",
  );
  const signText = (text: string): Promise<string> =>
    new CompactSign(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "consent-receipt+jws" })
      .sign(key);
  return { kid, signText, sign: (payload: Json) => signText(canonicalJson(payload)) };
};

/** The receipt's payload with one text in it replaced by another. */
export const reworded = (receipt: string, from: string, to: string): Json => {
  const payload = Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString();
  if (!payload.includes(from)) throw new Error("the receipt does not say that");
  return JSON.parse(payload.replaceAll(from, to));
};
