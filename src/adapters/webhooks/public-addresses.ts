import ipaddr from "ipaddr.js";

/** Addresses of the public internet that answer inside a cloud only: Azure's platform. */
const INSIDE_CLOUDS: readonly string[] = ["168.63.129.16"];

/** What the registries have given out for use in the internet (RFC 4291, 2.4); the rest is local, embedded or reserved. */
const GLOBAL_IPV6 = ipaddr.parseCIDR("2000::/3");

/**
 * Whether an address belongs to the public internet. Not one in which another is embedded (IPv4-mapped, NAT64, 6to4,
 * Teredo), wherever that may lead.
 */
export const isPublicAddress = (text: string): boolean => {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast" || INSIDE_CLOUDS.includes(address.toString())) return false;
  return address.kind() === "ipv4" || address.match(GLOBAL_IPV6);
};

/** The address that the host of a URL is; null where it is a name. */
export const literalAddress = (hostname: string): string | null => {
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : null;
};
