// What Kantara Consent Receipt 1.1 demands of a receipt, written anew as JSON Schema from its list of fields; where the
// specification names values or forms in words only (version, kinds of consent, UUID, ISO 639-1), they are demanded too.
const text = { type: "string", minLength: 1 } as const;
const texts = { type: "array", items: text } as const;

const object = (
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
) => ({
  type: "object",
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

const controller = object(
  {
    piiController: text,
    contact: text,
    address: { type: "object", minProperties: 1 },
    email: text,
    phone: text,
  },
  { onBehalf: { type: "boolean" }, piiControllerUrl: text },
);

const purpose = {
  ...object(
    {
      consentType: { enum: ["EXPLICIT", "IMPLICIT"] },
      purposeCategory: texts,
      piiCategory: texts,
      termination: text,
      thirdPartyDisclosure: { type: "boolean" },
    },
    { purpose: text, primaryPurpose: { type: "boolean" }, thirdPartyName: text },
  ),
  if: { properties: { thirdPartyDisclosure: { const: true } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ["thirdPartyName"] },
};

export const KANTARA_SCHEMA = object(
  {
    version: { const: "KI-CR-v1.1.0" },
    jurisdiction: text,
    consentTimestamp: { type: "integer", minimum: 0 },
    collectionMethod: text,
    consentReceiptID: {
      type: "string",
      pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    },
    piiPrincipalId: text,
    piiControllers: { type: "array", minItems: 1, items: controller },
    policyUrl: { type: "string", pattern: "^https?://" },
    services: {
      type: "array",
      minItems: 1,
      items: object({ service: text, purposes: { type: "array", items: purpose } }),
    },
    sensitive: { type: "boolean" },
    spiCat: texts,
  },
  { publicKey: text, language: { type: "string", pattern: "^[a-z]{2}$" } },
);
