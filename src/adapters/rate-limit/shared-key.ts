import { createHmac, randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { DAY } from "../../domain/shared/instant.ts";
import type { Clock } from "../../ports/clock.ts";

const PREFIX = "gonogo:limits:key:";

/** Clocks of instances differ a little: who is late still finds the day's key. */
const GRACE_MS = 60_000;

/** A key that Redis lost (restarted, emptied) is found out by then, and all instances agree on another. */
const TRUSTED_MS = 60_000;

export interface SharedKey {
  /** Rejects when Redis does not answer. */
  today(): Promise<Uint8Array>;
  /** Asks Redis anew: it may be another one after a reconnect. */
  forget(): void;
}

/**
 * The day's key of all instances: random, in Redis under its day, gone with it. What is hashed also depends on a secret
 * that Redis never has, so that a copy of Redis, key and all, tells no address.
 */
export const makeSharedKey = (redis: Redis, secret: string, clock: Clock): SharedKey => {
  let known: { readonly day: number; readonly since: number; readonly key: Promise<Uint8Array> } | null =
    null;
  let asking = false;

  const ask = (now: number, day: number): Promise<Uint8Array> =>
    agreeOn(redis, day, (day + 1) * DAY - now + GRACE_MS).then((random) =>
      createHmac("sha256", secret).update(`gonogo rate limits ${random}`).digest(),
    );

  /** Asks for the key of the same day again, while everybody goes on with the one that is known. */
  const askAgain = async (of: NonNullable<typeof known>, now: number): Promise<void> => {
    asking = true;
    try {
      const key = await ask(now, of.day);
      if (known === of) known = { day: of.day, since: now, key: Promise.resolve(key) };
    } catch {
      // Whoever counts next finds out that Redis does not answer, and says so.
    } finally {
      asking = false;
    }
  };

  return {
    today: () => {
      const now = clock.now();
      const day = Math.floor(now / DAY);
      if (known?.day === day && now >= known.since) {
        if (now - known.since >= TRUSTED_MS && !asking) void askAgain(known, now);
        return known.key;
      }
      const asked = { day, since: now, key: ask(now, day) };
      known = asked;
      // Whoever waits is told; nobody after them shall find the failure.
      asked.key.catch(() => {
        if (known === asked) known = null;
      });
      return asked.key;
    },
    forget: () => {
      known = null;
    },
  };
};

/** The first instance of a day sets the key, the others find it. */
const agreeOn = async (redis: Redis, day: number, ttlMs: number): Promise<string> => {
  const name = `${PREFIX}${new Date(day * DAY).toISOString().slice(0, 10)}`;
  // Both on their way at once: whoever counts waits for this too.
  const [, random] = await Promise.all([
    redis.set(name, randomBytes(32).toString("base64url"), "PX", ttlMs, "NX"),
    redis.get(name),
  ]);
  if (random === null) throw new Error("the key of the day is gone as soon as it is set");
  return random;
};
