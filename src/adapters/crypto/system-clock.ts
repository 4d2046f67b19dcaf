import type { Instant } from "../../domain/shared/instant.ts";
import type { Clock } from "../../ports/clock.ts";

export const systemClock: Clock = { now: () => Date.now() as Instant };
