import { t } from "elysia";
import { integer, named, nullable, record } from "./kinds.ts";

export const AuditProof = named(
  "AuditProof",
  record({
    index: integer({ minimum: 0, description: "Place of the entry in the tree, from 0" }),
    leaf: t.String({ description: "What is hashed into the tree: canonical JSON, without personal data" }),
    path: t.Array(t.String(), { description: "RFC 6962 audit path, base64, from the leaf up" }),
    checkpoint: t.String({ description: "The signed checkpoint that it leads to" }),
    tlog_proof: t.String({ description: "All of it as one text (c2sp.org/tlog-proof@v1)" }),
    verifier_keys: t.Array(t.String(), {
      description:
        "Keys of the log (C2SP signed-note), oldest first; whoever checks takes them from /audit/keys",
    }),
    payload: nullable(
      record({
        salt: t.String(),
        details: t.String({ description: "What happened: canonical JSON" }),
      }),
      {
        description:
          "What the leaf commits to in `payload`: base64url(SHA-256(salt + canonical JSON of { details })). Null once its time is over.",
      },
    ),
  }),
);
