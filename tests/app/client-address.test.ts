import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { clientAddress, parseTrustedProxies } from "../../src/adapters/http/client-address.ts";

const PROXIES = parseTrustedProxies("10.0.0.0/8, 192.0.2.7, fd00::/8, 2001:db8::7");
const PROXY = "10.1.2.3";

const asked = (headers: Record<string, string>, peer: string | null = PROXY): string | null =>
  clientAddress(peer, new Headers(headers), PROXIES);

describe("the client's address, behind a trusted proxy", () => {
  test.each([
    ["the one entry", "203.0.113.9", "203.0.113.9"],
    ["the rightmost, whatever the client put before it", "1.1.1.1, 203.0.113.9", "203.0.113.9"],
    ["past trusted entries", "203.0.113.9, 10.9.9.9, 192.0.2.7", "203.0.113.9"],
    ["not past an untrusted one", "10.0.0.9, 203.0.113.9, 10.9.9.9", "203.0.113.9"],
    ["the leftmost of trusted ones only", "10.0.0.9, 10.9.9.9", "10.0.0.9"],
    ["with a port", "203.0.113.9:4711", "203.0.113.9"],
    ["IPv6", "2001:db8::1", "2001:db8::1"],
    ["IPv6 in one spelling", "2001:0DB8:0:0::1", "2001:db8::1"],
    ["IPv6 in brackets", "[2001:db8::1]", "2001:db8::1"],
    ["IPv6 in brackets with a port", "[2001:db8::1]:4711", "2001:db8::1"],
    ["IPv4-mapped IPv6 is IPv4", "::ffff:203.0.113.9", "203.0.113.9"],
    ["an IPv4-mapped proxy is a proxy", "203.0.113.9, ::ffff:10.9.9.9", "203.0.113.9"],
    ["unknown stops at the socket", "203.0.113.9, unknown", PROXY],
    ["a malformed entry stops at the socket", "203.0.113.9, 203.0.113", PROXY],
    ["a malformed entry stops where the walk stands", "203.0.113.9, x, 10.9.9.9", "10.9.9.9"],
    ["octal is no address", "0313.0.113.9", PROXY],
    ["a number is no address", "3405803785", PROXY],
    ["a name is no address", "localhost", PROXY],
    ["a zone is no address of a client", "fe80::1%eth0", PROXY],
    ["an empty entry names nobody", "203.0.113.9,", PROXY],
    ["an empty header names nobody", "", PROXY],
    ["a quote before the proxy's entry changes nothing", '"1.1.1.1, 203.0.113.9', "203.0.113.9"],
    ["a port that is too long", "203.0.113.9:123456", PROXY],
    ["an IPv4 address in brackets", "[203.0.113.9]", PROXY],
  ])("X-Forwarded-For: %s", (_, header, address) => {
    expect(asked({ "x-forwarded-for": header })).toBe(address);
  });

  test.each([
    ["the one element", "for=203.0.113.9", "203.0.113.9"],
    ["the rightmost", "for=1.1.1.1, for=203.0.113.9", "203.0.113.9"],
    ["past trusted elements", "for=203.0.113.9,for=10.9.9.9 , for=192.0.2.7", "203.0.113.9"],
    ["among other parameters", 'proto=https;for=203.0.113.9;by="_edge";host="a.example"', "203.0.113.9"],
    ["in any case of the name", "For=203.0.113.9;Proto=http", "203.0.113.9"],
    ["in quotes", 'for="203.0.113.9"', "203.0.113.9"],
    ["in quotes with a port", 'for="203.0.113.9:4711"', "203.0.113.9"],
    ["IPv6", 'for="[2001:db8:cafe::17]"', "2001:db8:cafe::17"],
    ["IPv6 with a port", 'for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"],
    ["with an obfuscated port", 'for="[2001:db8:cafe::17]:_web"', "2001:db8:cafe::17"],
    ["an escaped character", 'for="203.0.113.\\9"', "203.0.113.9"],
    ["a comma in quotes is none", 'for=1.1.1.1;host="a, for=2.2.2.2", for=203.0.113.9', "203.0.113.9"],
    ["a comma in the proxy's quotes is none", 'for=203.0.113.9;host="a, for=2.2.2.2"', "203.0.113.9"],
    ["an escaped quote in quotes", 'for=203.0.113.9;host="a\\", for=2.2.2.2"', "203.0.113.9"],
    ["a comma before an escaped quote in quotes", 'for=203.0.113.9;host="a, \\" for=2.2"', "203.0.113.9"],
    ["an open quote of the client changes nothing", 'for="1.1.1.1, for=203.0.113.9', "203.0.113.9"],
    [
      "an open quote cannot swallow quotes",
      'for=1.1.1.1;host=", for="203.0.113.9";proto=https',
      "203.0.113.9",
    ],
    ["unknown stops at the socket", "for=203.0.113.9, for=unknown", PROXY],
    ["obfuscated stops at the socket", "for=203.0.113.9, for=_hidden", PROXY],
    ["obfuscated stops where the walk stands", "for=203.0.113.9, for=_hidden, for=10.9.9.9", "10.9.9.9"],
    ["an element without for names nobody", "for=203.0.113.9, proto=https", PROXY],
    ["for twice in one element", "for=203.0.113.9;for=1.1.1.1", PROXY],
    ["IPv6 without quotes", "for=[2001:db8::1]", PROXY],
    ["IPv6 without brackets", 'for="2001:db8::1"', PROXY],
    ["a port without quotes", "for=203.0.113.9:80", PROXY],
    ["blanks around the equals sign", "for = 203.0.113.9", PROXY],
    ["a quote that stays open", 'for="203.0.113.9', PROXY],
    ["an empty header names nobody", "", PROXY],
  ])("Forwarded: %s", (_, header, address) => {
    expect(asked({ forwarded: header })).toBe(address);
  });

  test.each([
    ["they agree", "for=203.0.113.9", "203.0.113.9", "203.0.113.9"],
    ["they agree in other words", 'for="[2001:db8::1]:99"', "1.1.1.1, 2001:DB8::1", "2001:db8::1"],
    ["they differ", "for=203.0.113.9", "203.0.113.8", PROXY],
    ["one is forged beside the proxy's own", "for=1.1.1.1", "1.1.1.1, 203.0.113.9", PROXY],
    ["one is malformed", "for=", "203.0.113.9", PROXY],
    ["one is empty", "", "203.0.113.9", PROXY],
  ])("both headers: %s", (_, forwarded, xForwardedFor, address) => {
    expect(asked({ forwarded, "x-forwarded-for": xForwardedFor })).toBe(address);
  });

  test("is the socket's without headers, and no other header is asked", () => {
    expect(asked({})).toBe(PROXY);
    expect(asked({ "x-real-ip": "203.0.113.9", "cf-connecting-ip": "203.0.113.9" })).toBe(PROXY);
  });

  test("knows a proxy by every spelling of its address", () => {
    const header = { "x-forwarded-for": "203.0.113.9" };
    for (const peer of ["::ffff:10.1.2.3", "::ffff:a01:203", "fd12::1", "2001:0db8::0007", "fd00::1%eth0"]) {
      expect(asked(header, peer)).toBe("203.0.113.9");
    }
    for (const peer of ["11.1.2.3", "::10.1.2.3", "192.0.2.8", "2001:db8::8", "::a01:203"]) {
      expect(asked(header, peer)).not.toBe("203.0.113.9");
    }
  });

  test("is null where the socket names none", () => {
    expect(asked({ "x-forwarded-for": "203.0.113.9" }, null)).toBeNull();
    expect(asked({ "x-forwarded-for": "203.0.113.9" }, "/run/gonogo.sock")).toBeNull();
  });
});

const address = fc.oneof(fc.ipV4(), fc.ipV6());
/** Addresses that no proxy has. */
const stranger = fc.oneof(
  fc.ipV4().map((text) => text.replace(/^(10|192)\./, "11.")),
  fc.integer({ min: 0, max: 0xffff }).map((part) => `2001:db9::${part.toString(16)}`),
);
const entry = fc.oneof(address, fc.constantFrom("unknown", "_x", "", '"', "\\", ";", "10.0.0.1", "for="));
const printable = fc.stringMatching(/^[ -~]{0,80}$/);
const listOf = (write: (node: string) => string) =>
  fc.oneof(
    printable,
    fc.array(entry, { maxLength: 6 }).map((nodes) => nodes.map(write).join(", ")),
  );
const forwarded = listOf((node) => `for="${node.includes(":") ? `[${node}]` : node}"`);
const xForwardedFor = listOf((node) => node);

describe("forged headers", () => {
  test("of a peer that is no proxy change nothing", () => {
    fc.assert(
      fc.property(stranger, forwarded, xForwardedFor, (peer, a, b) => {
        const headers = new Headers({ forwarded: a, "x-forwarded-for": b });
        expect(clientAddress(peer, headers, [])).toBe(clientAddress(peer, new Headers(), []));
        expect(clientAddress(peer, headers, PROXIES)).toBe(clientAddress(peer, new Headers(), PROXIES));
      }),
      { numRuns: 2_000 },
    );
  });

  test("never outdo what the proxy appended, and never throw", () => {
    fc.assert(
      fc.property(stranger, forwarded, xForwardedFor, (peer, a, b) => {
        const node = peer.includes(":") ? `"[${peer}]"` : peer;
        const truth = asked({}, peer);
        expect(asked({ "x-forwarded-for": `${b}, ${peer}` })).toBe(truth);
        expect(asked({ forwarded: `${a}, for=${node};proto=https` })).toBe(truth);
        // The proxy writes one of the two; the other is the client's: either it agrees, or nobody is believed.
        expect([truth, PROXY]).toContain(asked({ forwarded: a, "x-forwarded-for": `${b}, ${peer}` }));
        expect([truth, PROXY]).toContain(asked({ forwarded: `${a}, for=${node}`, "x-forwarded-for": b }));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("TRUSTED_PROXIES", () => {
  test("is empty by default: no header is believed", () => {
    expect(parseTrustedProxies("")).toEqual([]);
    expect(parseTrustedProxies("  ")).toEqual([]);
  });

  test.each([
    ["10.0.0.0/8"],
    ["127.0.0.1, ::1"],
    ["10.1.2.3/8"],
    ["::ffff:10.0.0.0/104"],
    ["2001:db8::/32,fd00::/8 , 192.0.2.1"],
  ])("takes %s", (list) => {
    expect(parseTrustedProxies(list)).toHaveLength(list.split(",").length);
  });

  test("takes the IPv4-mapped spelling of a network for the network", () => {
    const proxies = parseTrustedProxies("::ffff:10.0.0.0/104");
    const headers = new Headers({ "x-forwarded-for": "203.0.113.9" });
    expect(clientAddress("10.200.0.1", headers, proxies)).toBe("203.0.113.9");
    expect(clientAddress("11.0.0.1", headers, proxies)).toBe("11.0.0.1");
  });

  test.each([
    ["10.0.0.0/33"],
    ["10.0.0.0/08"],
    ["10.0.0.0/"],
    ["10/8"],
    ["10.0.0/24"],
    ["010.0.0.1"],
    ["loopback"],
    ["proxy.internal"],
    ["10.0.0.1,"],
    [",10.0.0.1"],
    ["10.0.0.1;10.0.0.2"],
    ["10.0.0.1 10.0.0.2"],
    ["fd00::/129"],
    ["fe80::1%eth0"],
    ["[::1]"],
    ["::ffff:10.0.0.0/95"],
    ["*"],
    ["0.0.0.0/0"],
    ["::/0"],
    ["10.0.0.0/8, secret-host"],
  ])("refuses %s and names the setting, not the value", (list) => {
    const refused = (() => {
      try {
        parseTrustedProxies(list);
        return "";
      } catch (failure) {
        return String(failure);
      }
    })();
    expect(refused).toContain("TRUSTED_PROXIES must be");
    expect(refused).not.toContain("secret-host");
    expect(refused).not.toContain(`"${list}"`);
  });
});
