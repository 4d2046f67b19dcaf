import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { SignedMessage, WebhookSigner } from "../../ports/webhook-signer.ts";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;
/** Of one header: more signatures than any rotation has. */
const SIGNATURES_MAX = 10;

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(PREFIX, ""), "base64");

const macOf = (secret: string, { id, timestamp, body }: SignedMessage): Buffer =>
  createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest();

export const makeWebhookSigner = (): WebhookSigner => ({
  newSecret: () => `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`,
  sign: (secrets, message) =>
    secrets.map((secret) => `v1,${macOf(secret, message).toString("base64")}`).join(" "),
  verify: (secrets, message, signatures) => {
    const wanted = secrets.map((secret) => macOf(secret, message));
    let found = false;
    for (const each of signatures.split(" ").slice(0, SIGNATURES_MAX)) {
      if (!each.startsWith("v1,")) continue;
      const given = Buffer.from(each.slice("v1,".length), "base64");
      // Every one is compared, so that the time tells nothing of which was right.
      for (const mac of wanted) if (given.length === mac.length && timingSafeEqual(given, mac)) found = true;
    }
    return found;
  },
});
