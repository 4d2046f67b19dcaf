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
  let known: { day: number; since: number; key: Promise<Uint8Array> } | null = null;
  return {
    today: () => {
      const now = clock.now();
      const day = Math.floor(now / DAY);
      if (known?.day === day && now >= known.since && now - known.since < TRUSTED_MS) return known.key;
      const key = agreeOn(redis, day, (day + 1) * DAY - now + GRACE_MS).then((random) =>
        createHmac("sha256", secret).update(`gonogo rate limits ${random}`).digest(),
      );
      const asked = { day, since: now, key };
      known = asked;
      // Whoever waits is told; nobody after them shall find the failure.
      key.catch(() => {
        if (known === asked) known = null;
      });
      return key;
    },
    forget: () => {
      known = null;
    },
  };
};

/** The first instance of a day sets the key, the others find it. */
const agreeOn = async (redis: Redis, day: number, ttlMs: number): Promise<string> => {
  const name = `${PREFIX}${new Date(day * DAY).toISOString().slice(0, 10)}`;
  await redis.set(name, randomBytes(32).toString("base64url"), "PX", ttlMs, "NX");
  const random = await redis.get(name);
  if (random === null) throw new Error("the key of the day is gone as soon as it is set");
  return random;
};
