import type { ConfigurationListener, ConfigurationWatch } from "../../../ports/configuration-watch.ts";
import { storageFailure } from "../storage-failure.ts";
import { type Lane, openLane } from "./lane.ts";

export interface ConfigurationWatchOptions {
  /** Past a transaction pooler: what is listened to belongs to a session. */
  readonly url: string;
  readonly connectTimeoutMs?: number;
  /** A question is asked so often, so that a connection that went silent is found. */
  readonly heartbeatMs?: number;
}

const CHANNEL = "gonogo_configuration";

const RETRY_MAX_MS = 5_000;

/**
 * Listens on a connection of its own for what a trigger on `system_config` notifies with each commit. Begins at once and
 * waits for nothing. Not with `listen()` of postgres.js 3.4.9, which tries once more after a loss and then falls silent.
 */
export const watchConfiguration = (
  { url, connectTimeoutMs = 5_000, heartbeatMs = 15_000 }: ConfigurationWatchOptions,
  { changed, deaf }: ConfigurationListener,
): ConfigurationWatch => {
  let closed = false;
  let lane: Lane | null = null;
  let wake: () => void = () => undefined;

  const pause = (milliseconds: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    wake = resolve;
    return promise.finally(() => clearTimeout(timer));
  };

  /** Rejects when the connection is lost; resolves only when nobody listens any more. */
  const listen = async (heard: () => void): Promise<void> => {
    lane = await openLane({
      url,
      name: "gonogo watch",
      connectTimeoutMs,
      answerTimeoutMs: connectTimeoutMs,
      onNotify: changed,
      onLost: () => wake(),
    });
    try {
      if (!closed) await lane.send(`listen ${CHANNEL}`);
      // What was committed before is not told again.
      if (!closed) changed();
      heard();
      while (!closed) {
        await pause(heartbeatMs);
        if (!closed) await lane.send("select 1");
      }
    } finally {
      await lane.close();
    }
  };

  const running = (async () => {
    for (let attempt = 0; !closed; attempt += 1) {
      try {
        await listen(() => {
          attempt = 0;
        });
      } catch (error) {
        if (closed) return;
        deaf(storageFailure("watch", error));
        await pause(Math.min(100 * 2 ** attempt, RETRY_MAX_MS));
      }
    }
  })();

  return {
    close: async () => {
      closed = true;
      wake();
      await lane?.close();
      await running;
    },
  };
};
