// Recipients of an invented site, and what they are told and answer.
import { makeWebhookSigner } from "../../src/adapters/crypto/webhook-signer.ts";
import { withEvents } from "../../src/app/recipients/with-events.ts";
import { WEBHOOK_EVENTS, type WebhookEvent } from "../../src/domain/recipients/webhook.ts";
import type { SubjectId, WebhookDeliveryId, WebhookId } from "../../src/domain/shared/ids.ts";
import { changes } from "./records.ts";
import { accepted, type TestService } from "./service.ts";

export const signer = makeWebhookSigner();

export interface Recipient {
  readonly id: WebhookId;
  readonly secret: string;
}

/** A recipient of these events, added by an admin. */
export const aRecipient = async (
  service: TestService,
  url = "https://newsletter.example/hooks",
  events: readonly WebhookEvent[] = WEBHOOK_EVENTS,
): Promise<Recipient> => {
  const { caller } = await service.signIn("recipients@example.org", "admin");
  const input = { name: "Newsletter", url, events };
  const { webhook, secret } = accepted(await service.application.recipients.add(caller, input));
  return { id: webhook.id, secret };
};

/** Commits something that recipients are told of; answers whom it was about. */
export const tell = async (
  { deps }: TestService,
  type: WebhookEvent = "subject.erased",
  subject: SubjectId = deps.ids.subject(),
): Promise<SubjectId> => {
  const event = { type, subject, reference: null, due_at: null };
  const committed = await deps.unitOfWork.commit(withEvents(deps, changes([]), [event], deps.clock.now()));
  if (!committed.ok) throw new Error("nobody was told");
  return subject;
};

/** Something that this recipient was told and has not acknowledged. */
export const anOpenDelivery = async (
  service: TestService,
  { id }: Pick<Recipient, "id">,
): Promise<WebhookDeliveryId> => {
  await tell(service);
  const open = await service.deps.readers.webhookDeliveries.open(id, null, 100);
  const [last] = open.toReversed();
  if (last === undefined) throw new Error("nothing is open");
  return last.id;
};

/** Headers with which a recipient signs this body. */
export const signedHeaders = (
  { deps }: Pick<TestService, "deps">,
  secret: string,
  body: string,
): Readonly<Record<string, string>> => {
  const id = `msg_${crypto.randomUUID()}`;
  const timestamp = Math.floor(deps.clock.now() / 1_000);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signer.sign([secret], { id, timestamp, body }),
  };
};
