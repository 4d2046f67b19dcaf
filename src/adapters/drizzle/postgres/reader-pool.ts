import type { Connections } from "../../../ports/store.ts";
import { StorageFailure } from "../../../ports/unit-of-work.ts";
import { type Lane, LaneLost, type LaneOptions, type OpenLane, openLane as openUnguarded } from "./lane.ts";

/** Connections that readers share. */
export interface ReaderPool {
  /**
   * Asks one statement on the next connection that is free. Rejects as a lane does, and with StorageFailure `overloaded`
   * when too many wait for a connection, or wait for too long.
   */
  values(text: string, parameters: readonly string[]): Promise<readonly unknown[][]>;
  /** How many connections are being used, and how many there may be. */
  readonly connections: Connections;
  /** Waits for what is being asked, then lets go of every connection; who waits for one is rejected. */
  close(): Promise<void>;
}

export interface WaitingLimits {
  readonly waitingMax: number;
  readonly waitingMsMax: number;
}

const LIMITS: WaitingLimits = { waitingMax: 4_096, waitingMsMax: 5_000 };

const overloaded = (): StorageFailure => new StorageFailure("overloaded", "no", "wait for a connection");

/**
 * Lanes instead of postgres.js's own pool: a connection that dies with a statement not yet written out keeps that rest,
 * and whoever gets it next waits in vain. The most recently used one is taken first, so that spare ones stay spare.
 */
export const createReaderPool = (
  options: LaneOptions,
  size: number,
  { waitingMax, waitingMsMax }: WaitingLimits = LIMITS,
  openLane: OpenLane = openUnguarded,
): ReaderPool => {
  const idle: Lane[] = [];
  const waiting: { give(lane: Lane | null): void; refuse(reason: LaneLost | StorageFailure): void }[] = [];
  const busy = new Set<Promise<unknown>>();
  let open = 0;
  let closed = false;

  /** The next connection that is given back, or its place; null for a place. */
  const wait = async (): Promise<Lane | null> => {
    if (waiting.length >= waitingMax) throw overloaded();
    const { promise, resolve: give, reject: refuse } = Promise.withResolvers<Lane | null>();
    const place = { give, refuse };
    waiting.push(place);
    const impatience = setTimeout(() => {
      const index = waiting.indexOf(place);
      if (index !== -1) waiting.splice(index, 1);
      refuse(overloaded());
    }, waitingMsMax);
    try {
      return await promise;
    } finally {
      clearTimeout(impatience);
    }
  };

  const take = async (): Promise<Lane> => {
    for (let lane = idle.pop(); lane !== undefined; lane = idle.pop()) {
      if (!lane.lost()) return lane;
      open -= 1;
    }
    if (open >= size) {
      const lane = await wait();
      if (lane !== null) return lane;
    } else {
      open += 1;
    }
    try {
      return await openLane(options);
    } catch (error) {
      release(null);
      throw error;
    }
  };

  /** Hands a connection on, or the place of one that is gone. */
  const release = (lane: Lane | null): void => {
    const kept = lane?.lost() === false ? lane : null;
    const next = waiting.shift();
    if (next !== undefined) next.give(kept);
    else if (kept !== null) idle.push(kept);
    else open -= 1;
  };

  const connections: Connections = { size, inUse: () => open - idle.length };

  const ask = async (text: string, parameters: readonly string[]): Promise<readonly unknown[][]> => {
    const lane = await take();
    try {
      return await lane.values(text, parameters);
    } finally {
      release(lane);
    }
  };

  return {
    connections,
    values: async (text, parameters) => {
      if (closed) throw new LaneLost();
      const asked = ask(text, parameters);
      busy.add(asked);
      try {
        return await asked;
      } finally {
        busy.delete(asked);
      }
    },
    close: async () => {
      closed = true;
      for (const { refuse } of waiting.splice(0)) refuse(new LaneLost());
      await Promise.allSettled(busy);
      await Promise.all(idle.splice(0).map((lane) => lane.close()));
    },
  };
};
