import { randomFillSync, randomUUID } from "node:crypto";
import type { SubjectId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdGenerator } from "../../ports/id-generator.ts";

const COUNTER_MAX = 0xfff;
const POOL_BYTES = 4_096;

/**
 * RFC 9562 UUIDv7. `Bun.randomUUIDv7` starts its counter anew when the clock is set back, so that ids made later would
 * sort before earlier ones; here a stopped or set-back clock goes on from the last moment, as section 6.2 has it: a
 * 12-bit counter (method 1), seeded below half with every new millisecond, that carries into the time when it is full.
 * UUIDv7 cannot write a moment before 1970: `at` takes 1970 for it.
 */
export const makeIdGenerator = (clock: Clock): IdGenerator => {
  const pool = Buffer.alloc(POOL_BYTES);
  let taken = POOL_BYTES;
  let last = -1;
  let counter = 0;
  let begun = { milliseconds: -1, text: "" };

  /** Where so many bytes lie in the pool that nobody has been given. */
  const random = (bytes: number): number => {
    if (taken + bytes > POOL_BYTES) {
      randomFillSync(pool);
      taken = 0;
    }
    taken += bytes;
    return taken - bytes;
  };
  const random12 = (): number => pool.readUInt16BE(random(2)) & COUNTER_MAX;
  /** The time and the version; of a busy millisecond written once. */
  const beginningOf = (milliseconds: number): string => {
    if (milliseconds !== begun.milliseconds) {
      const time = milliseconds.toString(16).padStart(12, "0");
      begun = { milliseconds, text: `${time.slice(0, 8)}-${time.slice(8)}-7` };
    }
    return begun.text;
  };
  const write = (milliseconds: number, sequence: number): string => {
    const a = sequence.toString(16).padStart(3, "0");
    const at = random(8);
    pool[at] = 0x80 | ((pool[at] ?? 0) & 0x3f);
    const b = pool.toString("hex", at, at + 8);
    return `${beginningOf(milliseconds)}${a}-${b.slice(0, 4)}-${b.slice(4)}`;
  };
  const next = (): string => {
    const now = Math.max(0, clock.now());
    if (now > last) {
      last = now;
      counter = random12() >> 1;
    } else if (counter < COUNTER_MAX) {
      counter += 1;
    } else {
      last += 1;
      counter = random12() >> 1;
    }
    return write(last, counter);
  };
  return {
    next: <Id extends string>() => next() as Id,
    at: <Id extends string>(moment: Instant) => write(Math.max(0, moment), random12()) as Id,
    subject: () => randomUUID() as SubjectId,
  };
};
