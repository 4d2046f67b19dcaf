import type { Json } from "../shared/canonical-json.ts";
import { SECOND } from "../shared/instant.ts";
import { LEGAL_BASIS_TERMS } from "./receipt-terms.ts";

export const KANTARA_VERSION = "KI-CR-v1.1.0";

/** What the form demands and the controller has not said; the word of the specification's own example. */
const NOT_SAID = "N/A";

export interface KantaraPurpose {
  readonly purpose: string;
  readonly consentType: "EXPLICIT";
  /** IRIs of DPV terms. */
  readonly purposeCategory: readonly string[];
  readonly piiCategory: readonly string[];
  readonly termination: string;
  readonly thirdPartyDisclosure: false;
}

/** A consent as Kantara Consent Receipt 1.1 writes it. */
export interface KantaraReceipt {
  readonly version: typeof KANTARA_VERSION;
  readonly jurisdiction: string;
  /** In seconds. */
  readonly consentTimestamp: number;
  readonly collectionMethod: string;
  readonly consentReceiptID: string;
  /** ISO 639-1. */
  readonly language: string;
  readonly piiPrincipalId: string;
  readonly piiControllers: readonly {
    readonly piiController: string;
    readonly piiControllerUrl: string;
    readonly contact: string;
    readonly address: Readonly<Record<string, string>>;
    readonly email: string;
    readonly phone: string;
  }[];
  readonly policyUrl: string;
  readonly services: readonly { readonly service: string; readonly purposes: readonly KantaraPurpose[] }[];
  readonly sensitive: false;
  readonly spiCat: readonly string[];
}

type Members = Readonly<Record<string, Json>>;

const membersOf = (value: Json | undefined): Members =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

const isType = (value: Json | undefined, type: string): boolean =>
  value === type || listOf(value).includes(type);

/** `dpv:Store` as the context of the receipt spells it out. */
const iriOf = (context: Members, term: Json): string => {
  const [prefix = "", ...name] = textOf(term).split(":");
  return `${textOf(context[prefix])}${name.join(":")}`;
};

/** The purposes that were consented to and still were after this decision: the form has no word for the others. */
const purposesOf = (context: Members, record: Members): readonly KantaraPurpose[] => {
  const control = listOf(record["dpv:hasConsentControl"])
    .map(membersOf)
    .find((each) => each["@type"] === "dpv:WithdrawConsent");
  return listOf(record["dpv:hasProcess"])
    .map(membersOf)
    .flatMap((process): readonly KantaraPurpose[] => {
      const last = membersOf(listOf(process["dpv:hasConsentStatus"]).at(-1));
      const isConsent = process["dpv:hasLegalBasis"] === LEGAL_BASIS_TERMS.consent;
      if (!isConsent || !isType(last["@type"], "dpv:ConsentGiven")) return [];
      const until = textOf(membersOf(last["dpv:hasDuration"])["rdf:value"]);
      return [
        {
          purpose: textOf(membersOf(process["dct:title"])["@value"]),
          consentType: "EXPLICIT",
          purposeCategory: [iriOf(context, process["dpv:hasPurpose"] ?? "")],
          piiCategory: listOf(process["dpv:hasPersonalData"]).map((term) => iriOf(context, term)),
          termination: `${until}, or before by withdrawal at ${textOf(control?.["dpv:isExercisedAt"])}`,
          // The receipt names no recipient but the controller.
          thirdPartyDisclosure: false,
        },
      ];
    });
};

const controllerOf = (record: Members): KantaraReceipt["piiControllers"][number] => {
  const controller = membersOf(record["dpv:hasDataController"]);
  const contact = textOf(controller["dpv:hasContact"]);
  const address = textOf(controller["dpv:hasAddress"]);
  return {
    piiController: textOf(controller["dpv:hasName"]),
    piiControllerUrl: textOf(controller["@id"]),
    contact,
    address: {
      ...(address === "" ? {} : { streetAddress: address }),
      addressCountry: textOf(record["dpv:hasJurisdiction"]).replace("loc:", ""),
    },
    email: contact.startsWith("mailto:") ? contact.slice("mailto:".length) : NOT_SAID,
    phone: NOT_SAID,
  };
};

const methodOf = (record: Members): string =>
  listOf(record["dpv:hasProcess"])
    .flatMap((process) => listOf(membersOf(process)["dpv:hasConsentStatus"]))
    .map((event) => textOf(membersOf(event)["dpv:hasIndicationMethod"]))
    .find((method) => method !== "") ?? NOT_SAID;

/**
 * The payload of a receipt in the older form of Kantara Consent Receipt 1.1, for programs that read only that. It says less:
 * nothing of what was refused or withdrawn, and nothing of the notice but its address. `milliseconds` reads RFC 3339.
 */
export const kantaraReceipt = (payload: Json, milliseconds: (time: string) => number): KantaraReceipt => {
  const receipt = membersOf(payload);
  const context = membersOf(receipt["@context"]);
  const record = membersOf(listOf(receipt["dpv:hasRecordOfActivity"])[0]);
  const notice = membersOf(record["dpv:hasNotice"]);
  const made = milliseconds(textOf(record["dct:created"]));
  const controller = controllerOf(record);
  return {
    version: KANTARA_VERSION,
    jurisdiction: controller.address["addressCountry"] ?? "",
    consentTimestamp: Math.floor(made / SECOND),
    collectionMethod: methodOf(record),
    consentReceiptID: textOf(record["dct:identifier"]),
    language: textOf(notice["dct:language"]).split("-")[0] ?? "",
    piiPrincipalId: textOf(membersOf(record["dpv:hasDataSubject"])["@id"]),
    piiControllers: [controller],
    policyUrl: textOf(notice["dct:identifier"]),
    services: [{ service: controller.piiControllerUrl, purposes: purposesOf(context, record) }],
    sensitive: false,
    spiCat: [],
  };
};
