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
  const byBudget = new Map<string, RateLimitDecision>();
  for (const decision of decisions) {
    const other = byBudget.get(decision.budget);
    byBudget.set(decision.budget, other === undefined ? decision : stricter(other, decision));
  }
  return [...byBudget.values()];
};

const policyOf = ({ budget, limit, windowSeconds }: RateLimitDecision): string =>
  `"${budget}";q=${limit};w=${windowSeconds}`;

const leftOf = ({ budget, remaining, resetSeconds }: RateLimitDecision): string =>
  `"${budget}";r=${remaining};t=${resetSeconds}`;

/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10 (lists of RFC 9651), each budget once, and
 * `Retry-After` when a request was refused: when all that refused it may admit it again. No partition key: it would tell
 * a caller's hash.
 */
export const rateLimitFields = (
  decisions: readonly RateLimitDecision[],
): Readonly<Record<string, string>> => {
  const [only, ...others] = decisions;
  if (only === undefined) return {};
  const each = others.length === 0 ? decisions : strictest(decisions);
  const fields = {
    "RateLimit-Policy": each.map(policyOf).join(", "),
    RateLimit: each.map(leftOf).join(", "),
  };
  const refusals = decisions.filter(({ admitted }) => !admitted);
  return refusals.length === 0
    ? fields
    : { ...fields, "Retry-After": String(Math.max(...refusals.map(({ resetSeconds }) => resetSeconds))) };
};
