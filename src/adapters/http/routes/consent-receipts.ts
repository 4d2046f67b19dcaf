import { SCHEMA_PATH } from "../../../domain/consent/receipt-terms.ts";
import { type ConsentId, parseId } from "../../../domain/shared/ids.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { AuditProof } from "../schemas/audit-proof.ts";
import { ReceiptView } from "../schemas/consents.ts";
import { KantaraReceiptView } from "../schemas/kantara-receipt.ts";
import { JsonSchema, uuid } from "../schemas/kinds.ts";

const SCHEMA = new URL("../../../../docs/schemas/consent-receipt.json", import.meta.url);

export const consentReceiptRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/v1/consents/:id/receipt",
    operationId: "readConsentReceipt",
    tag: "consent",
    summary: "The receipt of a decision",
    description:
      "The same proof that answered the decision, made again. It is also a credential: sent as a bearer token it reads, withdraws and makes privacy requests for the person it tells of, without an account.",
    permission: ["subject", "receipt"],
    params: { id: uuid("Of the decision") },
    success: { status: 200, description: "The receipt", schema: ReceiptView },
    problems: ["not-found"],
    handle: async ({ caller, params }) => {
      const id = parseId<ConsentId>(params.id);
      if (id === null) return err({ type: "not-found" });
      const receipt = await application.consent.readReceipt(caller, id);
      return receipt.ok ? ok(json({ receipt: receipt.value })) : receipt;
    },
  }),
  route({
    method: "GET",
    path: "/v1/consents/:id/receipt/proof",
    operationId: "proveConsentReceipt",
    tag: "consent",
    summary: "Proof that the audit log tells of a receipt",
    description:
      "Kept beside the receipt it is checked offline, with the receipt's and the log's public keys alone, and holds also when the key that signed the receipt was revoked. Not found for the two seconds until a new decision is in the log.",
    permission: ["subject", "receipt"],
    params: { id: uuid("Of the decision") },
    success: { status: 200, description: "The proof", schema: AuditProof },
    problems: ["not-found"],
    handle: async ({ caller, params }) => {
      const id = parseId<ConsentId>(params.id);
      if (id === null) return err({ type: "not-found" });
      const proof = await application.consent.proveReceipt(caller, id);
      return proof.ok ? ok(json(proof.value)) : proof;
    },
  }),
  route({
    method: "GET",
    path: "/v1/consents/:id/receipt/kantara",
    operationId: "readKantaraReceipt",
    tag: "consent",
    summary: "The receipt of a decision as Kantara Consent Receipt 1.1",
    description:
      "For programs that read that form only. It holds what was consented to and not withdrawn by this decision, and is not signed: the proof is the receipt.",
    permission: ["subject", "receipt"],
    params: { id: uuid("Of the decision") },
    success: { status: 200, description: "The receipt in that form", schema: KantaraReceiptView },
    problems: ["not-found"],
    handle: async ({ caller, params }) => {
      const id = parseId<ConsentId>(params.id);
      if (id === null) return err({ type: "not-found" });
      const receipt = await application.consent.readKantaraReceipt(caller, id);
      return receipt.ok ? ok(json(receipt.value)) : receipt;
    },
  }),
  route({
    method: "GET",
    path: SCHEMA_PATH,
    operationId: "readReceiptSchema",
    tag: "service",
    summary: "What a receipt says, as JSON Schema",
    permission: ["none"],
    success: { status: 200, description: "JSON Schema 2020-12 of a receipt's payload", schema: JsonSchema },
    problems: [],
    cacheControl: "public, max-age=86400",
    handle: async () => ok(json(await Bun.file(SCHEMA).json())),
  }),
];
