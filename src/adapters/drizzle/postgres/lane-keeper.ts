import { sqlStateOf, storageFailure } from "../storage-failure.ts";
import type { Lane, LaneOptions, OpenLane } from "./lane.ts";

/** Keeps one lane open, and opens the next one when it is lost. */
export interface LaneKeeper {
  /** Rejects with StorageFailure when the server has not been reachable for `giveUpMs`. */
  get(): Promise<Lane>;
  close(): Promise<void>;
}

/** Wrong password, no such database, no permission: waiting does not help. */
const HOPELESS = /^(28|3D|42)/;

export const createLaneKeeper = (options: LaneOptions, giveUpMs: number, openLane: OpenLane): LaneKeeper => {
  let lane: Lane | null = null;
  let unreachableSince: number | null = null;
  let closed = false;

  const open = async (): Promise<Lane> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const opened = await openLane(options);
        unreachableSince = null;
        return opened;
      } catch (error) {
        unreachableSince ??= performance.now();
        const given = performance.now() - unreachableSince >= giveUpMs;
        if (closed || given || HOPELESS.test(sqlStateOf(error) ?? "")) throw storageFailure("connect", error);
      }
      await Bun.sleep(Math.min(20 * 2 ** attempt, 500));
    }
  };

  return {
    get: async () => {
      if (lane === null || lane.lost()) lane = await open();
      return lane;
    },
    close: async () => {
      closed = true;
      await lane?.close();
    },
  };
};
