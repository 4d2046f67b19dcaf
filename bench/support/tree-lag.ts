import type { Service } from "../../src/app/compose.ts";
import { median } from "../median.ts";

/** How far the tree was behind the commits, in milliseconds. */
export interface Lag {
  readonly median: number;
  readonly longest: number;
}

const EVERY_MS = 100;

/**
 * Watches from a moment on when every entry is in the tree. `commits` counts what was acknowledged, an entry each: the
 * tree is as far behind as the moment at which there was for the first time more than it holds.
 */
export const watchLag = async ({ store }: Service, commits: () => number): Promise<{ stop(): Lag }> => {
  const base = ((await store.auditLog.newest())?.size ?? 0) - commits();
  const seen: { readonly at: number; readonly entries: number }[] = [];
  const lags: number[] = [];
  let asking = false;
  const look = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const at = performance.now();
      seen.push({ at, entries: base + commits() });
      const size = (await store.auditLog.newest())?.size ?? 0;
      const missing = seen.find(({ entries }) => entries > size);
      lags.push(missing === undefined ? 0 : at - missing.at);
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return { median: median(lags), longest: Math.max(...lags) };
    },
  };
};
