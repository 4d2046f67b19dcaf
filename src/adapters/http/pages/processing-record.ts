import { contactIri } from "../../../domain/controller/controller.ts";
import type { ProcessingRecord } from "../../../domain/processing-record/processing-record.ts";
import { timeText } from "../schemas/times.ts";
import { escapeHtml } from "./html.ts";

const list = (items: readonly string[]): string =>
  items.length === 0
    ? "<p>None.</p>"
    : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;

const table = (caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `<table><caption>${escapeHtml(caption)}</caption>`,
    `<thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join("")}</tr></thead>`,
    "<tbody>",
    ...rows.map(
      ([first = "", ...others]) =>
        `<tr><th scope="row">${escapeHtml(first)}</th>${others.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`,
    ),
    "</tbody></table>",
  ].join("");

/** The record for people: an authority may ask for it in writing (GDPR Art. 30(3), (4)). */
export const processingRecordPage = (view: ProcessingRecord): string => {
  const { controller } = view;
  const processor = ({ name, purpose, country, safeguard }: ProcessingRecord["processors"][number]) =>
    `${name}: ${purpose} (${country}${safeguard === null ? "" : `, ${safeguard}`})`;
  return [
    "<main>",
    "<h1>Record of processing activities</h1>",
    `<p>GDPR Art. 30(1), as of ${escapeHtml(timeText(view.generated_at))}.</p>`,
    "<h2>Controller</h2>",
    `<p>${escapeHtml(controller.name)}${controller.address === null ? "" : `, ${escapeHtml(controller.address)}`}, ${escapeHtml(controller.country)}.`,
    `<a href="${escapeHtml(contactIri(controller.contact))}">${escapeHtml(controller.contact)}</a></p>`,
    `<p>Data protection officer: ${escapeHtml(controller.dpo ?? "none")}. The data lie in ${escapeHtml(controller.dataLocation)}.</p>`,
    "<h2>Persons</h2>",
    list(view.persons),
    "<h2>Purposes, data and time limits</h2>",
    table(
      "What is stored of persons",
      ["Collection", "Purpose", "Data", "Kept"],
      view.activities.map(({ collection, purpose, data, kept }) => [
        collection,
        purpose,
        data.map(({ field }) => field).join(", "),
        kept,
      ]),
    ),
    `<p>An erasure that was asked for takes effect after ${view.erasure_days.after_a_request} days at most.</p>`,
    "<h2>Recipients</h2>",
    list(view.recipients.map(({ name, events }) => `${name}: ${events.join(", ")}`)),
    "<h2>Processors</h2>",
    list(view.processors.map(processor)),
    "<h2>Transfers to third countries</h2>",
    list(view.transfers.map(processor)),
    "<h2>Security</h2>",
    list(view.measures),
    "<h2>Last runs</h2>",
    list(view.last_runs.map(({ kind, report, at }) => `${kind}: ${timeText(at)}, report ${report}`)),
    "</main>",
  ].join("\n");
};
