/**
 * What is counted apart: every request of people, what costs more or leaks more than others, and, instead of all of these,
 * the requests of one program.
 */
export const RATE_LIMIT_BUDGETS = [
  "general",
  "sign-in",
  "consent",
  "comments",
  "exports",
  "service",
] as const;

export type RateLimitBudget = (typeof RATE_LIMIT_BUDGETS)[number];

/**
 * Who is counted: the address a request came from, or the subject or service credential that proved who it is; never a
 * claim that is not proven, or whoever makes it spends another's budget. All callers without an address (null) are one.
 */
export type LimitedCaller =
  | { readonly kind: "address"; readonly value: string | null }
  | { readonly kind: "subject" | "service"; readonly value: string };

export interface RateLimitDecision {
  readonly budget: RateLimitBudget;
  readonly admitted: boolean;
  /** Requests that a caller may make in a window. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** What is left of them; 0 when refused. */
  readonly remaining: number;
  /** Whole seconds until the window ends, 1 or more. */
  readonly resetSeconds: number;
  /** False: counted by this instance alone. */
  readonly shared: boolean;
}

/**
 * Counts requests in windows that begin with a caller's first request. With a shared store all instances together admit
 * exactly `limit` in a window; while it is away each instance admits `limit` by its own count, which it has kept all along.
 *
 * Callers are kept as hashes under a random key that is destroyed at the end of the day (UTC), when all counts begin anew;
 * an IPv6 address counts as its /64, because whoever has one has all of it.
 */
export interface RateLimiter {
  /** Takes one request from the caller's budget. Never rejects because the shared store is away, and hardly waits for it. */
  take(budget: RateLimitBudget, caller: LimitedCaller): Promise<RateLimitDecision>;
  close(): Promise<void>;
}
