/** What of a listening server draining needs. */
export interface Draining {
  readonly pendingRequests: number;
  /** Takes no connection any more and resolves when the last one has ended; with `true` it ends them all. */
  stop(closeActiveConnections?: boolean): Promise<void>;
}

export interface DrainLimits {
  /** Still listening: whoever sends one request after the other learns from an answer that its connection ends. */
  readonly noticeMs: number;
  /** What requests in flight have to end. Longer than a store may take to give up. */
  readonly requestsMs: number;
  /** What connections without a request in flight have to end. */
  readonly lingerMs: number;
}

const LIMITS: DrainLimits = { noticeMs: 250, requestsMs: 20_000, lingerMs: 1_000 };

const LOOK_AGAIN_MS = 20;

/**
 * Ends a server whose answers close their connections by now: requests in flight are answered, new connections are not
 * taken, and connections that say nothing, or never end what they say, keep nobody.
 */
export const drain = async (server: Draining, limits: DrainLimits = LIMITS): Promise<void> => {
  await Bun.sleep(limits.noticeMs);
  let ended = false;
  const stopped = server.stop().then(() => {
    ended = true;
  });
  const until = performance.now() + limits.requestsMs;
  while (!ended && server.pendingRequests > 0 && performance.now() < until) await Bun.sleep(LOOK_AGAIN_MS);
  await within(limits.lingerMs, stopped);
  if (!ended) await server.stop(true);
};

/** Waits for something, but not longer. */
export const within = async (milliseconds: number, work: Promise<unknown>): Promise<void> => {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, milliseconds);
  try {
    await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
};
