import type { Deps } from "../deps.ts";
import { eraseSubject } from "../erasure/erase-subject.ts";
import type { EraseAgain } from "./replay-ledger.ts";

/** Whom a copy brought back is erased to the end; where a legal hold stands she is restricted, and goes when it ends. */
export const eraseAgain = (deps: Deps): EraseAgain => {
  const erase = eraseSubject(deps);
  return async (subject, comments) => {
    const outcome = await erase({ subject, comments });
    if (outcome.type === "residue") throw new Error("a restored person was erased and is still found");
    if (outcome.type === "open") throw new Error("a restored person could not be erased now");
  };
};
