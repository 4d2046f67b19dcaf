import { type Instant, SECOND } from "../../domain/shared/instant.ts";

const SECONDS = /^\d{1,9}$/;

/** Milliseconds that Retry-After asks for: seconds, or a date. Null: nothing, or nothing that can be read. */
export const retryAfterMs = (header: string | null, now: Instant): number | null => {
  const text = header?.trim() ?? "";
  if (SECONDS.test(text)) return Number(text) * SECOND;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
};
