import type { RetentionPeriods } from "../../domain/retention/retention-period.ts";
import type { Json } from "../../domain/shared/canonical-json.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { escaped, textOf } from "../mail/html.ts";
import { type GivenDisclosure, processingOf } from "./archive-disclosure.ts";
import { type ArchiveFindings, type GivenRecord, newestOf, SHOWN_MAX } from "./archive-findings.ts";
import type { ExportedCollection } from "./exported-record.ts";

const NAMES: Readonly<Record<ExportedCollection, string>> = {
  subjects: "Your pseudonym and role",
  identities: "Who you are: address, name, account",
  consents: "Your decisions on consent",
  sessions: "Your sessions",
  comments: "Your comments",
  comment_reports: "What you reported",
  outgoing_mails: "Mails on their way to you",
  mail_preferences: "What you said about mail",
  idempotent_answers: "Answers kept for repeated requests",
  webhook_deliveries: "What recipients of your data were told",
  privacy_requests: "What you asked of us by right",
  erasures: "The erasure of your data",
  legal_holds: "Orders to keep data for a legal claim",
};

const RIGHTS = [
  "You may have what is wrong put right (Art. 16), have it erased (Art. 17) or restricted (Art. 18), receive it for use elsewhere (Art. 20) and object to its use (Art. 21).",
  "You may withdraw a consent at any time, as easily as you gave it; what was done before stays lawful (Art. 7(3)).",
  "You may complain to a supervisory authority, in particular where you live or work (Art. 77), and go to court (Art. 79).",
  "No decision about you is made by machines alone (Art. 22).",
];

const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul>`;

/** The first cell of each row names it. */
const table = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly [string, ...string[]])[],
): string => {
  const columns = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
  const body = rows.map(([name, ...cells]) => {
    const rest = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
    return `<tr><th scope="row">${escaped(name)}</th>${rest}</tr>`;
  });
  return [
    `<table><caption>${escaped(caption)}</caption>`,
    `<thead><tr>${columns}</tr></thead><tbody>`,
    ...body,
    "</tbody></table>",
  ].join("\n");
};

/** A value in words: nothing where there is none. */
const words = (value: Json | undefined): string =>
  value === null || value === undefined ? "" : Array.isArray(value) ? value.join(", ") : String(value);

const IDENTITIES: Readonly<Record<string, string>> = {
  email: "E-mail address",
  name: "Name",
  external_user_id: "Account",
};

const many = (what: string, count: number): string =>
  count > SHOWN_MAX ? `${what}, the newest ${SHOWN_MAX} of ${count}` : what;

/** What a person knows herself by: who she is, what she decided, asked and wrote. */
const hers = ({ counts, identities, consents, privacy_requests, comments }: ArchiveFindings): string => {
  const tableOf = (
    collection: ExportedCollection,
    head: readonly string[],
    records: readonly GivenRecord[],
    cells: (record: GivenRecord) => readonly [string, ...string[]],
  ): string =>
    records.length === 0
      ? ""
      : table(many(NAMES[collection], counts.get(collection) ?? 0), head, newestOf(records).map(cells));
  return [
    tableOf("identities", ["What", "Value"], identities, ({ kind, value }) => [
      IDENTITIES[words(kind)] ?? words(kind),
      words(value),
    ]),
    tableOf("consents", ["When", "What", "Allowed after it"], consents, (each) => [
      words(each["timestamp"]),
      words(each["event"]),
      words(each["consent_types"]),
    ]),
    tableOf("privacy_requests", ["When", "What", "State", "Answer"], privacy_requests, (each) => [
      words(each["received_at"]),
      words(each["type"]),
      words(each["state"]),
      words(each["answer"]),
    ]),
    tableOf("comments", ["When", "Where", "Text", "State"], comments, (each) => [
      words(each["created_at"]),
      words(each["thread"]),
      textOf(words(each["content"])),
      words(each["status"]),
    ]),
  ].join("\n");
};

/** GDPR Art. 15(1)(c), (g), (2). */
const whoElse = ({ controller, recipients, processors, transfers, sources }: GivenDisclosure): string => {
  const { name, contact, address, country, dpo, data_location } = controller;
  const processorText = (each: GivenDisclosure["processors"][number]): string =>
    `${each.name}: ${each.purpose} (${each.country}${each.safeguard === null ? "" : `, ${each.safeguard}`})`;
  return [
    "<h2>Who is responsible</h2>",
    list([
      [name, address, country].filter((part) => part !== null).join(", "),
      `Contact: ${contact}`,
      `Data protection officer: ${dpo ?? "none"}`,
      `Where the data lie: ${data_location}`,
    ]),
    "<h2>Who else gets your data</h2>",
    list([
      ...recipients.map((each) => `${each.name} is told: ${each.events.join(", ")}`),
      ...processors.map((each) => `${processorText(each)}, on our behalf`),
      ...(recipients.length + processors.length === 0 ? ["Nobody"] : []),
    ]),
    "<h2>Transfers out of the European Economic Area</h2>",
    list(transfers.length === 0 ? ["None"] : transfers.map(processorText)),
    "<h2>Where your data came from</h2>",
    list(sources),
  ].join("\n");
};

/** The archive's page for people: what there is, why, for how long, and what she may do about it. Loads nothing. */
export const archiveSummary = (
  findings: ArchiveFindings,
  { retention, publicUrl }: { readonly retention: RetentionPeriods; readonly publicUrl: string },
  now: Instant,
): string =>
  [
    "<!doctype html>",
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    "<title>Your data</title>",
    "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}",
    "table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:bold}td{overflow-wrap:anywhere}th,td{text-align:left;vertical-align:top;padding:.4rem .8rem;border-bottom:1px solid #767676}</style></head>",
    "<body><main>",
    "<h1>Your data</h1>",
    `<p>Everything that ${escaped(new URL(publicUrl).host)} keeps of you, as of ${new Date(now).toUTCString()}. The data themselves are in <code>personal-data.json</code>; <code>schema.json</code> says how they are written. What others wrote, and what would tell of them, is left out.</p>`,
    hers(findings),
    "<h2>Why, and for how long</h2>",
    table(
      "What is kept",
      ["What", "Why", "How long", "Records"],
      [...findings.counts].map(([collection, count]) => {
        const { purpose, kept } = processingOf(collection, retention);
        return [NAMES[collection], purpose, kept, String(count)];
      }),
    ),
    findings.disclosure === null ? "" : whoElse(findings.disclosure),
    "<h2>Your rights</h2>",
    list(RIGHTS),
    "</main></body></html>",
    "",
  ].join("\n");
