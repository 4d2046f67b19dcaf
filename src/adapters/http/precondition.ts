import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Refusal } from "./refusals.ts";
import type { Precondition } from "./request-headers.ts";

type Current<Version> = () => Promise<Result<{ readonly version: Version }, Refusal>>;

/**
 * The version a change is about. One named version goes to the use case as it is; any, several or an unknown one are
 * compared with what the caller sees now. A version of null is of what can be seen and was never stored.
 */
export const versionFor = async <Version extends number | null>(
  wanted: Precondition,
  current: Current<Version>,
): Promise<Result<number | Version, Refusal>> => {
  const [only, ...more] = wanted === "any" ? [] : wanted;
  if (only !== undefined && more.length === 0) return ok(only);
  const found = await current();
  if (!found.ok) return found;
  const { version } = found.value;
  const named = wanted === "any" || (version !== null && wanted.includes(version));
  return named ? ok(version) : err({ type: "version-mismatch" });
};

/** The same where a change may create: null without a precondition, and a precondition on what is not there fails. */
export const changedVersion = async (
  wanted: Precondition | null,
  current: Current<number | null>,
): Promise<Result<number | null, Refusal>> => {
  if (wanted === null) return ok(null);
  const version = await versionFor(wanted, current);
  return !version.ok && version.error.type === "not-found" ? err({ type: "version-mismatch" }) : version;
};
