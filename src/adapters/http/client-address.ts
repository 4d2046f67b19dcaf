import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Networks of the proxies whose word about a client's address is taken. Empty: nobody's. */
export type TrustedProxies = readonly (readonly [network: Address, prefix: number])[];

const NO_PROXY_LIST =
  "TRUSTED_PROXIES must be addresses or networks separated by commas, such as 10.0.0.0/8,2001:db8::7; it cannot be everybody";

/** IPv4 in four decimals or IPv6 without a zone; an IPv4-mapped IPv6 address is IPv4. Null for anything else. */
const addressOf = (text: string): Address | null => {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  // ipaddr.js takes the IPv4-compatible ::10.0.0.1, which nobody may have any more, for the IPv4-mapped address.
  if (!text.includes(":") || /%|^::\d+\./.test(text) || !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
};

const textOf = (address: Address): string =>
  address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();

const MAPPED_PREFIX = 96;

const networkOf = (text: string): readonly [Address, number] | null => {
  const [, base = "", given] = /^([^/]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const address = addressOf(base);
  if (address === null) return null;
  const mapped = address instanceof ipaddr.IPv4 && base.includes(":") ? MAPPED_PREFIX : 0;
  const widest = address instanceof ipaddr.IPv4 ? 32 : 128;
  const prefix = given === undefined ? widest : Number(given) - mapped;
  // Prefix 0 would trust whoever connects: then a forged entry is as good as a true one.
  return prefix >= 1 && prefix <= widest ? [address, prefix] : null;
};

/** Reads TRUSTED_PROXIES. Throws an error that names the setting and never repeats its value. */
export const parseTrustedProxies = (setting: string): TrustedProxies => {
  if (setting.trim() === "") return [];
  return setting.split(",").map((part) => {
    const network = networkOf(part.trim());
    if (network === null) throw new Error(NO_PROXY_LIST);
    return network;
  });
};

const isTrusted = (address: Address, proxies: TrustedProxies): boolean =>
  proxies.some(([network, prefix]) => network.kind() === address.kind() && address.match(network, prefix));

/**
 * The elements of a list header, the last first. It is read from its end, because that is where the proxy wrote: what the
 * client sent before it, an open quote above all, must not change how the proxy's own element is read.
 */
function* elementsFromTheEnd(header: string): Generator<string> {
  let end = header.length;
  let quoted = false;
  for (let at = header.length - 1; at >= 0; at--) {
    const character = header[at];
    if (character === '"' && !isEscaped(header, at)) quoted = !quoted;
    if (character !== "," || quoted) continue;
    yield trimmed(header.slice(at + 1, end));
    end = at;
  }
  yield trimmed(header.slice(0, end));
}

const isEscaped = (text: string, at: number): boolean => {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
};

const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "");

const BRACKETED = /^\[([^\]]+)\](?::(?:\d{1,5}|_[A-Za-z0-9._-]+))?$/;
const V4_AND_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):(?:\d{1,5}|_[A-Za-z0-9._-]+)$/;

/** A node of RFC 7239, section 6; null for `unknown` and obfuscated ones, which name no address. */
const nodeAddress = (node: string): Address | null => {
  const inBrackets = BRACKETED.exec(node)?.[1];
  if (inBrackets !== undefined) return inBrackets.includes(":") ? addressOf(inBrackets) : null;
  const bare = V4_AND_PORT.exec(node)?.[1] ?? node;
  return bare.includes(":") ? null : addressOf(bare);
};

const PAIR = /^([!#$%&'*+.^_`|~\w-]+)=(?:([!#$%&'*+.^_`|~\w-]+)|"((?:[^"\\]|\\.)*)")(?:;|$)/;

/** The address in `for` of one forwarded-element; null where it is malformed or names none. */
const forwardedFor = (element: string): Address | null => {
  let node: string | null = null;
  const seen = new Set<string>();
  for (let rest = element; rest !== ""; ) {
    const [pair, name = "", token, quoted = ""] = PAIR.exec(rest) ?? [];
    if (pair === undefined || seen.has(name.toLowerCase())) return null;
    seen.add(name.toLowerCase());
    if (name.toLowerCase() === "for") node = token ?? quoted.replaceAll(/\\(.)/g, "$1");
    rest = rest.slice(pair.length);
  }
  return node === null ? null : nodeAddress(node);
};

/** An entry of X-Forwarded-For: an address, with or without brackets and port. */
const xForwardedFor = (entry: string): Address | null => addressOf(entry) ?? nodeAddress(entry);

/** From the peer backwards while proxies vouch for it; an entry that names no address ends the walk where it stands. */
const walk = (
  peer: Address,
  header: string,
  entry: (element: string) => Address | null,
  proxies: TrustedProxies,
): Address => {
  let nearest = peer;
  for (const element of elementsFromTheEnd(header)) {
    const address = entry(element);
    if (address === null) return nearest;
    nearest = address;
    if (!isTrusted(address, proxies)) return nearest;
  }
  return nearest;
};

/**
 * Who asks: the socket's address, unless that is a trusted proxy; then the rightmost untrusted entry of `Forwarded`
 * (RFC 7239) or `X-Forwarded-For`. Two headers that lead to different addresses lead nowhere: the socket's address stands.
 * In one spelling (RFC 5952; IPv4-mapped as IPv4). Null when the socket names none.
 */
export const clientAddress = (
  socketAddress: string | null,
  headers: Headers,
  trustedProxies: TrustedProxies,
): string | null => {
  const peer = socketAddress === null ? null : addressOf(socketAddress.replace(/%.*$/s, ""));
  if (peer === null) return null;
  if (!isTrusted(peer, trustedProxies)) return textOf(peer);
  const forwarded = headers.get("forwarded");
  const xForwarded = headers.get("x-forwarded-for");
  const found = [
    ...(forwarded === null ? [] : [walk(peer, forwarded, forwardedFor, trustedProxies)]),
    ...(xForwarded === null ? [] : [walk(peer, xForwarded, xForwardedFor, trustedProxies)]),
  ].map(textOf);
  const [first, second = first] = found;
  return first !== undefined && first === second ? first : textOf(peer);
};
