import type { Deps } from "../deps.ts";
import type { EraseAgain } from "./replay-ledger.ts";

/** Until there is an erasure engine nothing is opened that it would have to work on. */
export const eraseAgain =
  (_: Deps): EraseAgain =>
  () =>
    Promise.reject(new Error("this version cannot erase"));
