import { describe, expect, test } from "bun:test";
import { makeWebhookSigner } from "../../src/adapters/crypto/webhook-signer.ts";

const signer = makeWebhookSigner();

/** The published example of the specification's own libraries. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MESSAGE = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const WRONG = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

describe("signatures of Standard Webhooks", () => {
  test("are those of the specification's libraries", () => {
    expect(signer.sign([SECRET], MESSAGE)).toBe(SIGNATURE);
  });

  test("are one for each secret while one replaces another", () => {
    const newer = signer.newSecret();
    const both = signer.sign([newer, SECRET], MESSAGE);
    expect(both.split(" ")).toHaveLength(2);
    expect(signer.verify([newer], MESSAGE, both)).toBe(true);
    expect(signer.verify([SECRET], MESSAGE, both)).toBe(true);
    expect(signer.verify([signer.newSecret()], MESSAGE, both)).toBe(false);
  });

  test.each<readonly [string, string, typeof MESSAGE, string, boolean]>([
    ["right", SECRET, MESSAGE, SIGNATURE, true],
    ["right, the secret without its prefix", SECRET.replace("whsec_", ""), MESSAGE, SIGNATURE, true],
    ["right among others", SECRET, MESSAGE, `${WRONG} v2,${WRONG} ${SIGNATURE} ${WRONG}`, true],
    ["another's", SECRET, MESSAGE, WRONG, false],
    ["of another version", SECRET, MESSAGE, SIGNATURE.replace("v1", "v2"), false],
    ["garbage", SECRET, MESSAGE, "v1,dawfeoifkpqwoekfpqoekf", false],
    ["cut short", SECRET, MESSAGE, SIGNATURE.slice(0, 8), false],
    ["without a value", SECRET, MESSAGE, "v1,", false],
    ["empty", SECRET, MESSAGE, "", false],
    ["of a body with one space less", SECRET, { ...MESSAGE, body: '{"test":2432232314}' }, SIGNATURE, false],
    ["of another id", SECRET, { ...MESSAGE, id: "msg_other" }, SIGNATURE, false],
    ["of another moment", SECRET, { ...MESSAGE, timestamp: 1_614_265_331 }, SIGNATURE, false],
    ["behind more than any rotation has", SECRET, MESSAGE, `${`${WRONG} `.repeat(10)}${SIGNATURE}`, false],
  ])("%s", (_what, secret, message, signatures, accepted) => {
    expect(signer.verify([secret], message, signatures)).toBe(accepted);
  });

  test("rest on 256 random bits, and on no secret at all when there is none", () => {
    const secrets = Array.from({ length: 50 }, () => signer.newSecret());
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) expect(Buffer.from(secret.slice(6), "base64")).toHaveLength(32);
    expect(signer.sign([], MESSAGE)).toBe("");
    expect(signer.verify([], MESSAGE, SIGNATURE)).toBe(false);
  });
});
