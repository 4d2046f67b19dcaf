import { DAY, type Instant } from "../../domain/shared/instant.ts";
import type { Draw } from "../../domain/staging/generated-text.ts";
import type { RunKey } from "../../ports/staging-copy.ts";

/** Times are told in pieces of so many days. */
export const BUCKET = 28 * DAY;

/** The years into which everything is moved: how old production is does not show. */
const WINDOW = 39 * BUCKET;

/** The numbers that follow from a text, as many as are drawn: seeded by the key, then by sfc32, which is far cheaper. */
export const drawFrom = (key: RunKey, purpose: string, text: string): Draw => {
  const bytes = key.derive(purpose, text);
  const seed = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [a, b, c, count] = [seed.getInt32(0), seed.getInt32(4), seed.getInt32(8), 1];
  return (below) => {
    const next = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + next;
    return (next >>> 0) % below;
  };
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const uuid = (head: string, version: string, tail: string): string => {
  const variant = "89ab"[Number.parseInt(tail.slice(3, 4), 16) % 4];
  return `${head.slice(0, 8)}-${head.slice(8, 12)}-${version}${tail.slice(0, 3)}-${variant}${tail.slice(4, 7)}-${tail.slice(7, 19)}`;
};

const timeHex = (moment: number): string => Math.floor(moment).toString(16).padStart(12, "0");

/** What the values of one run become. Everything follows from its key, so that references keep leading where they led. */
export interface RunIds {
  /** An id of the same version that tells nothing of the old one; of a UUIDv7, `moment` is the time it tells. */
  id(old: string, moment?: number | null): string;
  /** A moment of the window for whatever has this name. */
  momentOf(name: string): number;
  /** The start of a piece of time: of what was at `time`, moved as everything of its owner is. */
  bucket(time: number, owner: string): number;
  thread(old: string): string;
}

export const runIds = (key: RunKey, now: Instant): RunIds => {
  const end = Math.floor(now / BUCKET) * BUCKET;
  const start = end - WINDOW;
  const momentOf = (name: string): number => start + drawFrom(key, "moment", name)(WINDOW / 1_000) * 1_000;
  return {
    id: (old, moment = null) => {
      const hex = hexOf(key.derive("id", old));
      if (old.charAt(14) === "4") return uuid(hex.slice(0, 12), "4", hex.slice(12, 31));
      return uuid(timeHex(moment ?? momentOf(`id ${old}`)), "7", hex.slice(12, 31));
    },
    momentOf,
    bucket: (time, owner) => {
      const moved = (time - start + drawFrom(key, "shift", owner)(WINDOW / 1_000) * 1_000) % WINDOW;
      return start + Math.floor((moved < 0 ? moved + WINDOW : moved) / BUCKET) * BUCKET;
    },
    thread: (old) => `/staging/${hexOf(key.derive("thread", old)).slice(0, 12)}`,
  };
};
