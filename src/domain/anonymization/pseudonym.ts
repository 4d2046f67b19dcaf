import type { KeyedHash } from "../shared/ids.ts";

/** What is hashed under a key of its own, so that two kinds can never be joined (GDPR Art. 4(5)). */
export type PseudonymKind = "user" | "ip" | "user_agent";

/** How often each kind changes its key, and how long an old key lives before it is destroyed, in days. */
export const PSEUDONYM_KEYS: Readonly<
  Record<PseudonymKind, { readonly periodDays: number; readonly keptDays: number }>
> = {
  ip: { periodDays: 1, keptDays: 30 },
  user_agent: { periodDays: 1, keptDays: 30 },
  user: { periodDays: 30, keptDays: 365 },
};

/** The hashed traces of one request: the only form in which address and user agent pass the HTTP adapter. */
export interface Origin {
  readonly ip_hash: KeyedHash | null;
  readonly user_agent_hash: KeyedHash | null;
}

/** The origin of whatever no request caused: scheduled work and the command line. */
export const NO_ORIGIN: Origin = { ip_hash: null, user_agent_hash: null };
