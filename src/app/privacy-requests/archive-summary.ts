import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import type { RetentionPeriods } from "../../domain/retention/retention-period.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { escaped } from "../mail/html.ts";
import type { ExportedCollection } from "./exported-record.ts";

/** How many records of each collection the data hold. */
export type ArchiveCounts = Map<ExportedCollection, number>;

/** Why a collection is kept and for how long (GDPR Art. 15(1)(a), (d)). */
export const processingOf = (collection: ExportedCollection, periods: RetentionPeriods) => {
  const { purpose, retention } = CATALOGUE[collection];
  return { purpose, category: retention, kept_days: retention === null ? null : periods[retention] };
};

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

const row = (collection: ExportedCollection, count: number, periods: RetentionPeriods): string => {
  const { purpose, kept_days } = processingOf(collection, periods);
  const kept = kept_days === null ? "as long as what it belongs to" : `${kept_days} days`;
  const cells = [purpose, kept, String(count)].map((cell) => `<td>${escaped(cell)}</td>`).join("");
  return `<tr><th scope="row">${escaped(NAMES[collection])}</th>${cells}</tr>`;
};

/** The archive's page for people: what there is, why, for how long, and what she may do about it. Loads nothing. */
export const archiveSummary = (
  counts: ArchiveCounts,
  { retention, publicUrl }: { readonly retention: RetentionPeriods; readonly publicUrl: string },
  now: Instant,
): string =>
  [
    "<!doctype html>",
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    "<title>Your data</title>",
    "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}",
    "table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.4rem .8rem;border-bottom:1px solid #767676}</style></head>",
    "<body><main>",
    "<h1>Your data</h1>",
    `<p>Everything that ${escaped(new URL(publicUrl).host)} keeps of you, as of ${new Date(now).toUTCString()}. The data themselves are in <code>personal-data.json</code>; <code>schema.json</code> says how they are written. What others wrote, and what would tell of them, is left out.</p>`,
    "<table><caption>What is kept</caption>",
    '<thead><tr><th scope="col">What</th><th scope="col">Why</th><th scope="col">How long</th><th scope="col">Records</th></tr></thead><tbody>',
    ...[...counts].map(([collection, count]) => row(collection, count, retention)),
    "</tbody></table>",
    "<h2>Your rights</h2>",
    `<ul>${RIGHTS.map((right) => `<li>${escaped(right)}</li>`).join("")}</ul>`,
    "</main></body></html>",
    "",
  ].join("\n");
