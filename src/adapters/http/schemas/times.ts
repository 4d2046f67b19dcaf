import type { Instant } from "../../../domain/shared/instant.ts";

/** RFC 3339 in UTC with milliseconds. */
export const timeText = (instant: Instant): string => new Date(instant).toISOString();

export const timeTextOrNull = (instant: Instant | null): string | null =>
  instant === null ? null : timeText(instant);
