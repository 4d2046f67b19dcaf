import { type Controller, contactIri } from "../controller/controller.ts";
import type { Json } from "../shared/canonical-json.ts";
import type { Instant } from "../shared/instant.ts";
import { type ConsentRecord, type PurposeState, purposeStates } from "./consent.ts";
import { type ConsentPolicy, pickLanguage, policyContent } from "./consent-policy.ts";
import { OPTIONAL_CONSENT_TYPES, type OptionalConsentType } from "./consent-type.ts";
import { subjectIri } from "./receipt-holder.ts";
import {
  GDPR,
  LEGAL_BASIS_TERMS,
  PURPOSE_TERMS,
  RECEIPT_PROFILE,
  RECORD_PROFILE,
  receiptContext,
  receiptRights,
  SCHEMA_PATH,
} from "./receipt-terms.ts";

/** What a receipt says besides what the record itself does. */
export interface ReceiptCircumstances {
  /** The policy under which it was decided. */
  readonly policy: ConsentPolicy;
  readonly controller: Controller;
  /** Days for which data of persons are kept at most. */
  readonly retentionDays: number;
  readonly publicUrl: string;
  /** RFC 3339, UTC. */
  readonly timeText: (instant: Instant) => string;
}

type Members = Readonly<Record<string, Json>>;

const present = (name: string, value: Json): Members => (value === null ? {} : { [name]: value });

export const receiptIri = (publicUrl: string, { id }: Pick<ConsentRecord, "id">): string =>
  `${publicUrl}/v1/consents/${id}/receipt`;

/** Giving and what came of it, in time order (ISO/IEC TS 27560, events). A refusal stands as long as a grant. */
const eventsOf = (
  record: ConsentRecord,
  state: PurposeState,
  { timeText }: ReceiptCircumstances,
): readonly Json[] => {
  const event = (type: string | readonly string[], at: Instant, until: Instant): Json => ({
    "@type": type,
    "dpv:isIndicatedAtTime": timeText(at),
    ...(at === record.timestamp ? { "dpv:hasIndicationMethod": record.method } : {}),
    "dpv:hasDuration": { "@type": "dpv:UntilTimeDuration", "rdf:value": timeText(until) },
  });
  const given = ["dpv:ConsentGiven", "dpv:ExpressedConsent"];
  if (state.granted) return [event(given, state.decided_at, state.expires_at)];
  const ended = state.withdrawn ? "dpv:ConsentWithdrawn" : "dpv:ConsentRefused";
  return [
    ...(state.given_at == null ? [] : [event(given, state.given_at, state.decided_at)]),
    event(ended, state.decided_at, state.expires_at),
  ];
};

const processOf = (
  type: OptionalConsentType,
  state: PurposeState,
  record: ConsentRecord,
  about: ReceiptCircumstances,
): Json => {
  const content = policyContent(about.policy);
  const language = pickLanguage(content, record.language === null ? [] : [record.language]);
  const { purpose, data } = PURPOSE_TERMS[type];
  return {
    "@type": "dpv:Process",
    "dct:identifier": type,
    "dct:title": { "@language": language, "@value": content.texts[language]?.purposes[type].title ?? type },
    "dpv:hasPurpose": purpose,
    "dpv:hasLegalBasis": LEGAL_BASIS_TERMS[content.legal_bases[type]],
    "dpv:hasPersonalData": data,
    "dpv:hasNecessity": "dpv:Optional",
    "dpv:hasConsentStatus": eventsOf(record, state, about),
  };
};

/** Exactly what was shown, where that was proved; else only under which policy it was decided. */
const noticeOf = (
  record: ConsentRecord,
  { policy, publicUrl, controller, timeText }: ReceiptCircumstances,
) => ({
  "@type": "dpv:ConsentNotice",
  "dct:identifier": `${publicUrl}/v1/consent-policy#${record.policy_version}`,
  "dct:date": timeText(policy.published_at ?? policy.created_at),
  "dct:language": pickLanguage(policyContent(policy), record.language === null ? [] : [record.language]),
  "dct:coverage": `loc:${controller.country}`,
  "gonogo:policyVersion": record.policy_version,
  ...(record.notice_hash === null
    ? {}
    : { "dpv:hasNoticeStatus": "dpv:NoticeCommunicated", "gonogo:noticeHash": record.notice_hash }),
});

const recordOf = (record: ConsentRecord, about: ReceiptCircumstances): Json => {
  const { controller, publicUrl, timeText } = about;
  const states = purposeStates(record);
  return {
    "@id": `urn:uuid:${record.id}`,
    "@type": "dpv:ConsentRecord",
    "dct:identifier": record.id,
    "dpv:hasIdentifier": record.id,
    "dct:conformsTo": RECORD_PROFILE,
    "dct:created": timeText(record.timestamp),
    "gonogo:sequence": record.sequence,
    ...(record.audit_entry_id === null ? {} : { "gonogo:auditEntry": `urn:uuid:${record.audit_entry_id}` }),
    "gonogo:globalPrivacyControl": record.gpc,
    // Her own act each time.
    "dpv:isIndicatedBy": subjectIri(record.subject_id),
    "dpv:hasDataSubject": { "@id": subjectIri(record.subject_id), "@type": "dpv:DataSubject" },
    "dpv:hasDataController": {
      "@id": publicUrl,
      "@type": "dpv:DataController",
      "dct:identifier": publicUrl,
      "dpv:hasName": controller.name,
      "dpv:hasContact": contactIri(controller.contact),
      ...present("dpv:hasAddress", controller.address),
    },
    ...(controller.dpo === null
      ? {}
      : {
          "dpv:hasDataProtectionOfficer": {
            "@type": "dpv:DataProtectionOfficer",
            "dpv:hasContact": contactIri(controller.dpo),
          },
        }),
    "dpv:hasNotice": noticeOf(record, about),
    "dpv:hasJurisdiction": `loc:${controller.country}`,
    "dpv:hasApplicableLaw": GDPR,
    // Alike for every purpose, so said once: a receipt has to fit into a header.
    "dpv:hasDataSource": "dpv:DataSubjectDataSource",
    "dpv:hasProcessing": ["dpv:Collect", "dpv:Store", "dpv:Use"],
    "dpv:hasStorageCondition": [
      { "@type": "dpv:StorageLocation", "dpv:hasLocation": `loc:${controller.dataLocation}` },
      { "@type": "dpv:StorageDuration", "dpv:hasDuration": `P${about.retentionDays}D` },
    ],
    "dpv:hasRecipient": publicUrl,
    "dpv:hasConsentControl": [
      { "@type": "dpv:ProvideConsent", "dpv:isExercisedAt": `${publicUrl}/v1/consents` },
      { "@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": `${publicUrl}/v1/consents/withdrawals` },
    ],
    "dpv:hasRight": receiptRights(publicUrl),
    "dpv:hasProcess": OPTIONAL_CONSENT_TYPES.flatMap((type) => {
      const state = states[type];
      return state === undefined ? [] : [processOf(type, state, record, about)];
    }),
  };
};

/**
 * The receipt of a decision, for its holder: what GDPR Art. 7(1) has the controller prove, in the structure of ISO/IEC
 * TS 27560 and the words of DPV. The same record gives the same text, so that making it again is giving it again.
 */
export const consentReceipt = (record: ConsentRecord, about: ReceiptCircumstances): Json => ({
  "@context": receiptContext(about.publicUrl),
  "@id": receiptIri(about.publicUrl, record),
  "@type": "dpv:ConsentReceipt",
  "dct:identifier": receiptIri(about.publicUrl, record),
  "dct:conformsTo": [RECEIPT_PROFILE, `${about.publicUrl}${SCHEMA_PATH}`],
  "dct:created": about.timeText(record.timestamp),
  "dpv:hasRecordOfActivity": [recordOf(record, about)],
});
