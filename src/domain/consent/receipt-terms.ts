// The words of a receipt: ISO/IEC TS 27560 in the Data Privacy Vocabulary 2.3 (W3C DPVCG).
import type { Json } from "../shared/canonical-json.ts";
import type { LegalBasis } from "./consent-policy.ts";
import type { OptionalConsentType } from "./consent-type.ts";

export const SCHEMA_PATH = "/schemas/consent-receipt.json";

const IRI = { "@type": "@id" } as const;
const TIME = { "@type": "xsd:dateTime" } as const;

/** In the document itself: who reads it need not fetch anything (and nobody learns that it is read). */
export const receiptContext = (publicUrl: string): Json => ({
  dpv: "https://w3id.org/dpv#",
  pd: "https://w3id.org/dpv/pd#",
  loc: "https://w3id.org/dpv/loc#",
  "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
  dct: "http://purl.org/dc/terms/",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
  gonogo: `${publicUrl}${SCHEMA_PATH}#`,
  "dct:conformsTo": IRI,
  "dct:coverage": IRI,
  "dct:created": TIME,
  "dpv:hasApplicableLaw": IRI,
  "dpv:hasContact": IRI,
  "dpv:hasDataSource": IRI,
  "dpv:hasJurisdiction": IRI,
  "dpv:hasLegalBasis": IRI,
  "dpv:hasLocation": IRI,
  "dpv:hasNecessity": IRI,
  "dpv:hasNoticeStatus": IRI,
  "dpv:hasPersonalData": IRI,
  "dpv:hasProcessing": IRI,
  "dpv:hasPurpose": IRI,
  "dpv:hasRecipient": IRI,
  "dpv:isExercisedAt": IRI,
  "dpv:isIndicatedAtTime": TIME,
  "dpv:isIndicatedBy": IRI,
  "gonogo:auditEntry": IRI,
});

export const RECEIPT_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr";
export const RECORD_PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr";
/** Regulation (EU) 2016/679 by its European Legislation Identifier; DPV has no term for the law as a whole. */
export const GDPR = "https://eur-lex.europa.eu/eli/reg/2016/679/oj";
/** Where each supervisory authority is found (GDPR Art. 77). */
const AUTHORITIES = "https://www.edpb.europa.eu/about-edpb/about-edpb/members_en";

export const LEGAL_BASIS_TERMS: Readonly<Record<LegalBasis, string>> = {
  consent: "eu-gdpr:A6-1-a",
  contract: "eu-gdpr:A6-1-b",
  legal_obligation: "eu-gdpr:A6-1-c",
  vital_interests: "eu-gdpr:A6-1-d",
  public_task: "eu-gdpr:A6-1-e",
  legitimate_interests: "eu-gdpr:A6-1-f",
};

interface PurposeTerms {
  readonly purpose: string;
  readonly data: readonly string[];
}

/** What each purpose is for and which data it takes; never the terms of the DPV guide that are not in DPV itself. */
export const PURPOSE_TERMS: Readonly<Record<OptionalConsentType, PurposeTerms>> = {
  functional: {
    purpose: "dpv:ServicePersonalisation",
    data: ["pd:Preference", "pd:Language"],
  },
  analytics: {
    purpose: "dpv:ServiceUsageAnalytics",
    data: ["pd:BrowsingBehaviour"],
  },
  marketing: {
    purpose: "dpv:DirectMarketing",
    data: ["pd:EmailAddress"],
  },
};

/** The rights of GDPR chapter III that hold for consent, the withdrawal (Art. 7(3)) and the complaint (Art. 77). */
export const receiptRights = (publicUrl: string): Json => {
  const requests = `${publicUrl}/v1/privacy-requests`;
  return [
    { "@type": ["eu-gdpr:A7-3"], "dpv:isExercisedAt": `${publicUrl}/v1/consents/withdrawals` },
    {
      "@type": ["A15", "A16", "A17", "A18", "A20", "A21"].map((article) => `eu-gdpr:${article}`),
      "dpv:isExercisedAt": requests,
    },
    { "@type": ["eu-gdpr:A77"], "dpv:isExercisedAt": AUTHORITIES },
  ];
};
