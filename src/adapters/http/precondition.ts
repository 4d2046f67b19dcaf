import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Refusal } from "./refusals.ts";
import type { Precondition } from "./request-headers.ts";

/**
 * The version a change is about. One named version goes to the use case as it is; any, several or an unknown one are
 * compared with what the caller sees now.
 */
export const versionFor = async (
  wanted: Precondition,
  current: () => Promise<Result<{ readonly version: number }, Refusal>>,
): Promise<Result<number, Refusal>> => {
  const [only, ...more] = wanted === "any" ? [] : wanted;
  if (only !== undefined && more.length === 0) return ok(only);
  const found = await current();
  if (!found.ok) return found;
  const { version } = found.value;
  return wanted === "any" || wanted.includes(version) ? ok(version) : err({ type: "version-mismatch" });
};
