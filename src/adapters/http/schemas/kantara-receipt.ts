import { t } from "elysia";
import { KANTARA_VERSION } from "../../../domain/consent/kantara-receipt.ts";
import { integer, named, oneOf, record, uuid } from "./kinds.ts";

const NOT_SAID = "`N/A`: the controller has not said";

const purpose = record({
  purpose: t.String(),
  consentType: oneOf(["EXPLICIT"]),
  purposeCategory: t.Array(t.String({ description: "IRI of a DPV term" })),
  piiCategory: t.Array(t.String({ description: "IRI of a DPV term" })),
  termination: t.String({ description: "When it ends by itself, and where it is withdrawn" }),
  thirdPartyDisclosure: t.Boolean(),
});

const controller = record({
  piiController: t.String(),
  piiControllerUrl: t.String(),
  contact: t.String(),
  address: t.Record(t.String(), t.String()),
  email: t.String({ description: NOT_SAID }),
  phone: t.String({ description: NOT_SAID }),
});

/** Names as the specification spells them. */
export const KantaraReceiptView = named(
  "KantaraReceipt",
  record({
    version: oneOf([KANTARA_VERSION]),
    jurisdiction: t.String(),
    consentTimestamp: integer({ minimum: 0, description: "Seconds since 1970-01-01T00:00:00Z" }),
    collectionMethod: t.String(),
    consentReceiptID: uuid("Of the decision"),
    language: t.String({ description: "ISO 639-1" }),
    piiPrincipalId: t.String({ description: "Pseudonym of the person" }),
    piiControllers: t.Array(controller),
    policyUrl: t.String(),
    services: t.Array(record({ service: t.String(), purposes: t.Array(purpose) })),
    sensitive: t.Boolean(),
    spiCat: t.Array(t.String()),
  }),
);
