import type { RateLimitDecision } from "../../ports/rate-limiter.ts";

/** The decision that leaves less, of two about one budget (a request is counted by address and by subject). */
const stricter = (a: RateLimitDecision, b: RateLimitDecision): RateLimitDecision =>
  a.admitted !== b.admitted
    ? a.admitted
      ? b
      : a
    : a.remaining !== b.remaining
      ? a.remaining < b.remaining
        ? a
        : b
      : a.resetSeconds >= b.resetSeconds
        ? a
        : b;

/** Each budget once. */
const strictest = (decisions: readonly RateLimitDecision[]): readonly RateLimitDecision[] => {
  if (decisions.length === 1) return decisions;
  const byBudget = new Map<string, RateLimitDecision>();
  for (const decision of decisions) {
    const other = byBudget.get(decision.budget);
    byBudget.set(decision.budget, other === undefined ? decision : stricter(other, decision));
  }
  return [...byBudget.values()];
};

/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10 (lists of RFC 9651), each budget once, and
 * `Retry-After` when a request was refused: when all that refused it may admit it again. No partition key: it would tell
 * a caller's hash.
 */
export const rateLimitFields = (
  decisions: readonly RateLimitDecision[],
): Readonly<Record<string, string>> => {
  if (decisions.length === 0) return {};
  const each = strictest(decisions);
  const refusals = decisions.filter(({ admitted }) => !admitted);
  return {
    "RateLimit-Policy": each
      .map(({ budget, limit, windowSeconds }) => `"${budget}";q=${limit};w=${windowSeconds}`)
      .join(", "),
    RateLimit: each
      .map(({ budget, remaining, resetSeconds }) => `"${budget}";r=${remaining};t=${resetSeconds}`)
      .join(", "),
    ...(refusals.length === 0
      ? {}
      : { "Retry-After": String(Math.max(...refusals.map(({ resetSeconds }) => resetSeconds))) }),
  };
};
