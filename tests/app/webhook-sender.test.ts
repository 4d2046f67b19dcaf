import { afterEach, describe, expect, test } from "bun:test";
import { makeWebhookSender } from "../../src/adapters/webhooks/webhook-sender.ts";
import type { WebhookAnswer } from "../../src/ports/webhook-sender.ts";
import { TEST_CERT, TEST_CERT_KEY } from "../support/test-certificate.ts";
import { openReceiver, type Receiver, status } from "../support/webhook-receiver.ts";

const open: Receiver[] = [];

const receiver = async (...args: Parameters<typeof openReceiver>): Promise<Receiver> => {
  const opened = await openReceiver(...args);
  open.push(opened);
  return opened;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

const ALLOWING = { allowPrivate: true, httpsOnly: false };
const STRICT = { allowPrivate: false, httpsOnly: false };
const signal = () => AbortSignal.timeout(10_000);
const request = (url: string) => ({ url, headers: { "webhook-id": "1" }, body: '{"ä":1}' });
const answered = (status: number, retry_after: string | null = null): WebhookAnswer => ({
  kind: "answered",
  status,
  retry_after,
});

describe("sending to a recipient", () => {
  test("posts the very bytes, under the name of its URL, to an address of that name", async () => {
    const there = await receiver();
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return ["127.0.0.1"];
    };
    const sender = makeWebhookSender({ ...ALLOWING, resolve });
    const url = `http://newsletter.example:${there.port}/hooks?x=1`;
    expect(await sender.send(request(url), signal())).toEqual(answered(204));
    expect(asked).toEqual(["newsletter.example"]);
    expect(there.received).toMatchObject([
      { host: `newsletter.example:${there.port}`, path: "/hooks?x=1", body: '{"ä":1}' },
    ]);
    expect(there.received[0]?.headers).toMatchObject({ "webhook-id": "1", "content-length": "8" });
  });

  test("a name that leads elsewhere on the second look is not looked at twice (DNS rebinding)", async () => {
    const there = await receiver();
    let looks = 0;
    // The first answer is an address nobody may be at, the next one this machine.
    const resolve = async () => [looks++ === 0 ? "203.0.113.7" : "127.0.0.1"];
    const sender = makeWebhookSender({ ...STRICT, resolve });
    const url = `http://rebinding.example:${there.port}/`;
    expect(await sender.send(request(url), signal())).toEqual({ kind: "forbidden-address" });
    expect(await sender.send(request(url), signal())).toEqual({ kind: "forbidden-address" });
    expect(looks).toBe(2);
    expect(there.received).toEqual([]);
  });

  test("connects to the address that was judged, not to what the name means to the system", async () => {
    const there = await receiver();
    // `localhost` means this machine to the system; what was judged is another address, where nobody is.
    const sender = makeWebhookSender({ ...ALLOWING, resolve: async () => ["127.0.0.2"] });
    const elsewhere = makeWebhookSender({ ...ALLOWING, resolve: async () => ["127.0.0.1"] });
    const url = (name: string) => `http://${name}:${there.port}/`;
    await expect(sender.send(request(url("localhost")), signal())).rejects.toThrow();
    expect(await elsewhere.send(request(url("nobody.invalid")), signal())).toEqual(answered(204));
    expect(there.received).toHaveLength(1);
  });

  test.each<readonly [string, readonly string[]]>([
    ["this machine", ["127.0.0.1"]],
    ["metadata", ["169.254.169.254"]],
    ["a private network", ["10.1.2.3"]],
    ["this machine over IPv6", ["::1"]],
    ["this machine, mapped", ["::ffff:127.0.0.1"]],
    ["a public address and this machine", ["8.8.8.8", "127.0.0.1"]],
  ])("a name that leads to %s is not called", async (_what, addresses) => {
    const there = await receiver();
    const sender = makeWebhookSender({ ...STRICT, resolve: async () => addresses });
    const answer = await sender.send(request(`http://newsletter.example:${there.port}/`), signal());
    expect(answer).toEqual({ kind: "forbidden-address" });
    expect(there.received).toEqual([]);
  });

  test("a URL that may not be called is not, whatever its name leads to", async () => {
    const sender = makeWebhookSender({
      allowPrivate: false,
      httpsOnly: true,
      resolve: async () => ["8.8.8.8"],
    });
    const answer = await sender.send(request("http://newsletter.example/"), signal());
    expect(answer).toEqual({ kind: "forbidden-address" });
  });

  test("over TLS who answers must have a certificate of the URL's host, not of the address", async () => {
    const there = await receiver(status(204), { key: TEST_CERT_KEY, cert: TEST_CERT });
    const options = { ...ALLOWING, resolve: async () => ["127.0.0.1"] };
    const trusting = makeWebhookSender({ ...options, ca: TEST_CERT });
    const url = (name: string) => `https://${name}:${there.port}/`;
    expect(await trusting.send(request(url("newsletter.example")), signal())).toEqual(answered(204));
    await expect(trusting.send(request(url("another.example")), signal())).rejects.toThrow();
    await expect(
      makeWebhookSender(options).send(request(url("newsletter.example")), signal()),
    ).rejects.toThrow();
    expect(there.received).toHaveLength(1);
  });

  test("a redirect, wherever to, is an answer and is not followed", async () => {
    const inside = await receiver();
    const there = await receiver(status(302, { location: `http://127.0.0.1:${inside.port}/` }));
    const sender = makeWebhookSender(ALLOWING);
    const answer = await sender.send(request(`http://127.0.0.1:${there.port}/`), signal());
    expect(answer).toEqual(answered(302));
    expect(inside.received).toEqual([]);
  });

  test("no proxy of the environment is asked", async () => {
    const [there, proxy] = [await receiver(), await receiver()];
    const before = { ...process.env };
    try {
      for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"]) {
        process.env[name] = `http://127.0.0.1:${proxy.port}`;
      }
      const sender = makeWebhookSender(ALLOWING);
      expect(await sender.send(request(`http://127.0.0.1:${there.port}/`), signal())).toEqual(answered(204));
    } finally {
      for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"]) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
    expect([there.received.length, proxy.received.length]).toEqual([1, 0]);
  });

  test("an answer without end is cut off and changes nothing", async () => {
    let cut = Promise.withResolvers<void>();
    const there = await receiver((response) => {
      cut = Promise.withResolvers<void>();
      response.on("close", cut.resolve);
      response.writeHead(200, { "retry-after": "7" });
      const more = (): void => {
        if (!response.destroyed && response.write("x".repeat(65_536))) setImmediate(more);
        else response.once("drain", more);
      };
      more();
    });
    const sender = makeWebhookSender(ALLOWING);
    const answer = await sender.send(request(`http://127.0.0.1:${there.port}/`), signal());
    expect(answer).toEqual(answered(200, "7"));
    await cut.promise;
  });

  test("rubbish instead of HTTP, nobody there, and silence reject", async () => {
    const rubbish = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (socket) => void socket.end("220 mail ready\r\n\r\n") },
    });
    const silent = await receiver(() => undefined);
    const sender = makeWebhookSender(ALLOWING);
    await expect(sender.send(request(`http://127.0.0.1:${rubbish.port}/`), signal())).rejects.toThrow();
    rubbish.stop(true);
    await expect(sender.send(request("http://127.0.0.1:1/"), signal())).rejects.toThrow();
    const ending = new AbortController();
    const sent = sender.send(request(`http://127.0.0.1:${silent.port}/`), ending.signal);
    while (silent.received.length === 0) await Bun.sleep(5);
    ending.abort();
    await expect(sent).rejects.toThrow();
    await expect(
      makeWebhookSender({ ...STRICT, resolve: async () => [] }).send(request("http://a.example/"), signal()),
    ).rejects.toThrow();
  });

  test("of several addresses the next is tried where nothing could be sent", async () => {
    const there = await receiver();
    const sender = makeWebhookSender({ ...ALLOWING, resolve: async () => ["127.0.0.2", "127.0.0.1"] });
    const answer = await sender.send(request(`http://newsletter.example:${there.port}/`), signal());
    expect(answer).toEqual(answered(204));
  });
});
