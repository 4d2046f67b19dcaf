import { OutsideCallFailure, type OutsideCalls } from "../../../ports/outside-call.ts";
import { StorageFailure } from "../../../ports/unit-of-work.ts";
import { sqlStateOf } from "../storage-failure.ts";
import { type OpenLane, openLane } from "./lane.ts";

/** A server that is starting, stopping or full is not to be reached; every other SQLSTATE is an answer of one that is. */
const NOT_REACHED = /^(08|53|57)/;

/**
 * Opens connections through the circuit `database`: while it is open nobody waits for a server that does not answer.
 * What a server says about who asks, such as a wrong password, is its answer and opens nothing.
 */
export const guardedLanes =
  (calls: OutsideCalls): OpenLane =>
  async (options) => {
    let thrown: unknown = null;
    try {
      const opened = await calls.run("database", async (signal) => {
        try {
          const lane = await openLane(options);
          // Whoever asked has gone on: a connection that nobody waits for must not stay.
          if (signal.aborted) await lane.close();
          return { lane };
        } catch (error) {
          thrown = error;
          const sqlState = sqlStateOf(error);
          if (sqlState !== null && !NOT_REACHED.test(sqlState)) return { error };
          throw error;
        }
      });
      if ("error" in opened) throw opened.error;
      return opened.lane;
    } catch (failure) {
      if (!(failure instanceof OutsideCallFailure)) throw failure;
      if (failure.kind === "failed") throw thrown;
      throw new StorageFailure(failure.kind === "full" ? "overloaded" : "lost", "no", "connect");
    }
  };
