import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { secretsInForce } from "../../domain/recipients/webhook.ts";
import { acknowledgeDelivery, type WebhookDelivery } from "../../domain/recipients/webhook-delivery.ts";
import { MINUTE, SECOND } from "../../domain/shared/instant.ts";
import { err, ok } from "../../domain/shared/result.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { Recipients } from "./recipients.ts";

/** Standard Webhooks: how far the clocks of two sides may be apart. */
const TOLERANCE = 5 * MINUTE;

const ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;
const TIMESTAMP = /^\d{1,12}$/;

type Acknowledge = Recipients["acknowledge"];
type Signed = Parameters<Acknowledge>[1]["signed"];

const isSigned = async (
  deps: Pick<Deps, "clock" | "sealer" | "webhookSigner" | "readers">,
  { id, timestamp, signature, body }: Signed,
  delivery: WebhookDelivery,
): Promise<boolean> => {
  if (id === null || timestamp === null || signature === null) return false;
  if (!ID.test(id) || !TIMESTAMP.test(timestamp)) return false;
  const now = deps.clock.now();
  if (Math.abs(now - Number(timestamp) * SECOND) > TOLERANCE) return false;
  const webhook = await deps.readers.webhooks.byId(delivery.webhook_id);
  if (webhook === null) return false;
  const secrets = secretsInForce(webhook, now).map((secret) =>
    deps.sealer.open(secret, SEAL_CONTEXTS.webhooks.secret(webhook)),
  );
  return deps.webhookSigner.verify(secrets, { id, timestamp: Number(timestamp), body }, signature);
};

/** Takes a recipient's word that it has done what it was told. The same refusal whatever is wrong: it tells nothing. */
export const acknowledge =
  (deps: Deps): Acknowledge =>
  async (caller, input) => {
    const found = await deps.readers.webhookDeliveries.byId(input.delivery);
    if (found === null || !(await isSigned(deps, input.signed, found))) {
      return err({ type: "webhook-signature-invalid" });
    }
    return decideAndCommit(deps, caller, async () => {
      const delivery = await deps.readers.webhookDeliveries.byId(input.delivery);
      if (delivery === null) return err({ type: "webhook-signature-invalid" });
      return ok({ changes: acknowledgeDelivery(delivery, await occasionOf(deps, caller)), value: null });
    });
  };
