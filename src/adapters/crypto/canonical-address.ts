import ipaddr from "ipaddr.js";

const BRACKETED = /^\[([^\]]+)\](?::\d{1,5})?$/;
const V4_WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;

/**
 * One spelling for one address: IPv4 in four decimals, IPv6 as RFC 5952 writes it, an IPv4-mapped IPv6 address as IPv4,
 * without zone, brackets and port. Null when the text is no address.
 */
export const canonicalAddress = (text: string): string | null => {
  const trimmed = text.trim();
  const bare = BRACKETED.exec(trimmed)?.[1] ?? V4_WITH_PORT.exec(trimmed)?.[1] ?? trimmed;
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare).toString();
  const unzoned = bare.replace(/%.*$/s, "");
  if (!unzoned.includes(":") || !ipaddr.IPv6.isValid(unzoned)) return null;
  const address = ipaddr.IPv6.parse(unzoned);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
};
