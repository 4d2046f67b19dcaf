import { parseThread } from "../../domain/comments/comment.ts";
import { type Instant, parseInstant } from "../../domain/shared/instant.ts";
import type { Omission, OmissionReason } from "../../ports/comment-export.ts";

const ID_MAX = 200;

/** An id of the other system, or null when there is none that can be kept. */
export const idOf = (text: string | null | undefined): string | null => {
  const id = text?.trim() ?? "";
  return id === "" || id.length > ID_MAX || /\p{C}/u.test(id) ? null : id;
};

/**
 * The thread of a page: what its `location.pathname` and `location.search` say, so that a site finds it by its own
 * address. The query stays, because some systems name their pages in it alone (`/?p=12`). Null when it cannot be one.
 */
export const threadOf = (link: string | null | undefined): string | null => {
  const text = link?.trim() ?? "";
  if (text.startsWith("/")) return parseThread(text);
  const url = URL.parse(text);
  return url === null || !/^https?:$/.test(url.protocol) ? null : parseThread(url.pathname + url.search);
};

const DATE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?$/;

/** A date and time, UTC where it names no offset. Null when it is none, or before 1970, when no such system was. */
export const dateOf = (text: string | null | undefined): Instant | null => {
  const [, day, time, fraction = "", offset = "Z"] = DATE.exec(text?.trim() ?? "") ?? [];
  if (day === undefined || time === undefined) return null;
  const milliseconds = Date.parse(
    `${day}T${time}${fraction.slice(0, 4)}${offset.replace(/^(.\d{2})(\d{2})$/, "$1:$2")}`,
  );
  // Date.parse lets the 30th of February pass as a day in March.
  const calendar = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(milliseconds) || Number.isNaN(calendar)) return null;
  if (new Date(calendar).toISOString().slice(0, 10) !== day || milliseconds < 0) return null;
  return parseInstant(milliseconds);
};

const ESCAPES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#34;": '"',
  "&#034;": '"',
  "&#39;": "'",
  "&#039;": "'",
};

/** A name that the other system kept escaped for its pages, as the person wrote it. */
export const unescapeName = (text: string | null): string | null =>
  text?.replace(/&(?:amp|lt|gt|quot|#0?3[49]);/g, (entity) => ESCAPES[entity] ?? entity) ?? null;

export const omit = (source_id: string | null, line: number, reason: OmissionReason): Omission => ({
  kind: "omitted",
  source_id,
  line,
  reason,
});
