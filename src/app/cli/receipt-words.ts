import type { Json } from "../../domain/shared/canonical-json.ts";

/** Control characters and line separators: a title may hold what an admin wrote. */
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

const at = (value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (found, name) =>
      typeof found === "object" && found !== null
        ? (found as Readonly<Record<string, Json>>)[name]
        : undefined,
    value,
  );

const text = (value: Json | undefined): string => String(value ?? "").replace(CONTROLS, "\uFFFD");
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const words = (value: Json | undefined): string => list(value).map(text).join(", ");

const EVENTS: Readonly<Record<string, string>> = {
  "dpv:ConsentGiven": "given",
  "dpv:ConsentRefused": "refused",
  "dpv:ConsentWithdrawn": "withdrawn",
};

const eventText = (event: Json): string => {
  const type = at(event, "@type");
  const name = text(Array.isArray(type) ? type[0] : type);
  const method = at(event, "dpv:hasIndicationMethod");
  return [
    `    ${EVENTS[name] ?? name} at ${text(at(event, "dpv:isIndicatedAtTime"))}`,
    ...(method === undefined ? [] : [`by ${text(method)}`]),
    `until ${text(at(event, "dpv:hasDuration", "rdf:value"))}`,
  ].join(", ");
};

const processText = (process: Json): readonly string[] => [
  `  ${text(at(process, "dct:identifier"))}: ${text(at(process, "dct:title", "@value"))}`,
  `    for ${text(at(process, "dpv:hasPurpose"))} with ${words(at(process, "dpv:hasPersonalData"))}, legal basis ${text(at(process, "dpv:hasLegalBasis"))}`,
  ...list(at(process, "dpv:hasConsentStatus")).map(eventText),
];

const line = (name: string, value: string): string => `${name.padEnd(14)}${value}`;

const noticeText = (notice: Json | undefined): string => {
  const shown = `policy version ${text(at(notice, "gonogo:policyVersion"))}, in ${text(at(notice, "dct:language"))}`;
  const hash = at(notice, "gonogo:noticeHash");
  return hash === undefined ? `${shown}; no notice was proved` : `${shown}, proved by SHA-256 ${text(hash)}`;
};

/** What a receipt says, in lines for people. Its signature was checked before. */
export const receiptWords = (receipt: Json): readonly string[] => {
  const record = at(receipt, "dpv:hasRecordOfActivity", 0);
  const controller = at(record, "dpv:hasDataController");
  const officer = at(record, "dpv:hasDataProtectionOfficer", "dpv:hasContact");
  const entry = at(record, "gonogo:auditEntry");
  const control = list(at(record, "dpv:hasConsentControl")).find(
    (each) => at(each, "@type") === "dpv:WithdrawConsent",
  );
  return [
    line("decision", `${text(at(record, "dct:identifier"))}, at ${text(at(record, "dct:created"))}`),
    line("person", `${text(at(record, "dpv:hasDataSubject", "@id"))} (a pseudonym)`),
    line(
      "controller",
      [at(controller, "dpv:hasName"), at(controller, "dpv:hasAddress"), at(controller, "dpv:hasContact")]
        .filter((each) => each !== undefined)
        .map(text)
        .join(", "),
    ),
    ...(officer === undefined ? [] : [line("officer", text(officer))]),
    line("notice", noticeText(at(record, "dpv:hasNotice"))),
    line(
      "law",
      `${text(at(record, "dpv:hasApplicableLaw"))}, jurisdiction ${text(at(record, "dpv:hasJurisdiction"))}`,
    ),
    ...(entry === undefined ? [] : [line("audit entry", text(entry))]),
    line("withdraw at", text(at(control, "dpv:isExercisedAt"))),
    "purposes",
    ...list(at(record, "dpv:hasProcess")).flatMap(processText),
  ];
};
