import { createHmac } from "node:crypto";
import ipaddr from "ipaddr.js";
import type { LimitedCaller } from "../../ports/rate-limiter.ts";

/** IPv6 is given out in networks of this size at least: a whole /64 is one caller. */
const IPV6_PARTS = 4;

/** Whom an address stands for: IPv4 itself (also when mapped into IPv6), of IPv6 its /64. Null when it is no address. */
const networkOf = (address: string): string | null => {
  const bare = address.replace(/%.*$/s, "");
  if (!ipaddr.isValid(bare)) return null;
  const parsed = ipaddr.process(bare);
  return parsed instanceof ipaddr.IPv6
    ? `v6:${parsed.parts
        .slice(0, IPV6_PARTS)
        .map((part) => part.toString(16))
        .join(":")}`
    : `v4:${parsed.toString()}`;
};

const canonical = (caller: LimitedCaller): string =>
  caller.kind === "address" ? ((caller.value && networkOf(caller.value)) ?? "none") : caller.value;

/** 144 bits: more than anyone can collide, short enough to be kept many times. */
const LENGTH = 24;

/** What a caller is counted under: of people a keyed hash, which is nobody's once its key is gone. */
export const callerName = (caller: LimitedCaller, key: Uint8Array): string =>
  // A program is no person: there is nothing to hide.
  caller.kind === "service" ? `service:${caller.value}` : keyedName(caller, key);

const keyedName = (caller: LimitedCaller, key: Uint8Array): string =>
  createHmac("sha256", key)
    .update(`${caller.kind}\0${canonical(caller)}`)
    .digest("base64url")
    .slice(0, LENGTH);
