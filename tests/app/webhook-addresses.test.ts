import { describe, expect, test } from "bun:test";
import { isPublicAddress } from "../../src/adapters/webhooks/public-addresses.ts";
import { parseWebhookUrl } from "../../src/adapters/webhooks/webhook-url.ts";

describe("addresses", () => {
  test.each([
    ["this machine", "127.0.0.1"],
    ["this machine, elsewhere in its range", "127.8.9.10"],
    ["this machine over IPv6", "::1"],
    ["unspecified", "0.0.0.0"],
    ["unspecified network", "0.1.2.3"],
    ["unspecified over IPv6", "::"],
    ["private 10", "10.0.0.1"],
    ["private 172.16", "172.31.255.255"],
    ["private 192.168", "192.168.1.1"],
    ["carrier-grade NAT", "100.64.0.1"],
    ["metadata in carrier-grade NAT", "100.100.100.200"],
    ["link-local, metadata", "169.254.169.254"],
    ["link-local over IPv6", "fe80::1"],
    ["unique local", "fd00:ec2::254"],
    ["site-local", "fec0::1"],
    ["multicast", "224.0.0.1"],
    ["multicast over IPv6", "ff02::1"],
    ["broadcast", "255.255.255.255"],
    ["reserved", "240.0.0.1"],
    ["protocol assignments, metadata", "192.0.0.192"],
    ["documentation", "192.0.2.1"],
    ["documentation over IPv6", "2001:db8::1"],
    ["benchmarks", "198.18.0.1"],
    ["platform of a cloud", "168.63.129.16"],
    ["IPv4-mapped", "::ffff:127.0.0.1"],
    ["IPv4-mapped, public", "::ffff:8.8.8.8"],
    ["IPv4-compatible", "::7f00:1"],
    ["NAT64", "64:ff9b::a00:1"],
    ["NAT64, local", "64:ff9b:1::a00:1"],
    ["IPv4-translated", "::ffff:0:a00:1"],
    ["6to4", "2002:a00:1::1"],
    ["Teredo", "2001:0:a00:1::1"],
    ["discard only", "100::1"],
    ["no address at all", "localhost"],
    ["empty", ""],
  ])("%s: %s is not called", (_what, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"])(
    "%s is called",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe("URLs", () => {
  const production = { allowPrivate: false, httpsOnly: true };
  test.each([
    "https://newsletter.example/hooks?x=1",
    "https://newsletter.example:443/",
    "https://newsletter.example:8443/",
    "https://8.8.8.8/",
    "https://[2606:4700:4700::1111]/",
  ])("%s may be given", (url) => {
    expect(parseWebhookUrl(url, production)?.href).toBe(new URL(url).href);
  });

  test.each([
    ["http in production", "http://newsletter.example/"],
    ["another protocol", "ftp://newsletter.example/"],
    ["a file", "file:///etc/passwd"],
    ["credentials", "https://user:password@newsletter.example/"],
    ["a fragment", "https://newsletter.example/#x"],
    ["a port of mail", "https://newsletter.example:25/"],
    ["a port of remote login", "https://newsletter.example:22/"],
    ["this machine", "https://127.0.0.1/"],
    ["this machine in one number", "https://2130706433/"],
    ["this machine in hexadecimal", "https://0x7f.1/"],
    ["this machine in octal", "https://0177.0.0.1/"],
    ["this machine over IPv6", "https://[::1]/"],
    ["this machine, mapped", "https://[::ffff:7f00:1]/"],
    ["metadata", "https://169.254.169.254/latest/meta-data/"],
    ["no URL", "newsletter.example"],
  ])("%s may not: %s", (_what, url) => {
    expect(parseWebhookUrl(url, production)).toBeNull();
  });

  test("http is for development, and private addresses for whoever allows them", () => {
    expect(parseWebhookUrl("http://newsletter.example/", { ...production, httpsOnly: false })).not.toBeNull();
    const open = { allowPrivate: true, httpsOnly: false };
    expect(parseWebhookUrl("http://127.0.0.1:25/", open)).not.toBeNull();
    expect(parseWebhookUrl("http://u:p@127.0.0.1/", open)).toBeNull();
  });
});
