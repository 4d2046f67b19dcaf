import type { Instant } from "../domain/shared/instant.ts";

/** The time of day. Promises whole milliseconds UTC; does not promise to be monotonic: a server's clock may be set back. */
export interface Clock {
  now(): Instant;
}
