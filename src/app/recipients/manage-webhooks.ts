import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import {
  addWebhook as add,
  removeWebhook as remove,
  rotateSecret,
  WEBHOOK_NAME_MAX,
  WEBHOOK_URL_MAX,
  type Webhook,
} from "../../domain/recipients/webhook.ts";
import { parseId, type WebhookId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import { requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";
import type { Recipients } from "./recipients.ts";

const NOTHING_OPEN = { open: 0, late: 0 };

export const listWebhooks =
  ({ readers, clock }: Deps): Recipients["list"] =>
  async (caller, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const after = cursor === null ? null : parseId<WebhookId>(cursor);
    if (cursor !== null && after === null) return badCursor();
    const rows = await readers.webhooks.list(after, limit + 1);
    const now = clock.now();
    const views = await Promise.all(
      rows.map(async (webhook) => ({
        webhook,
        ...(await readers.webhookDeliveries.standing(webhook.id, now)),
      })),
    );
    return ok(
      pageOf(
        views,
        limit,
        ({ webhook }) => webhook.id,
        (view) => view,
      ),
    );
  };

/** A new recipient; its secret is in the answer and nowhere else. */
export const addWebhook =
  (deps: Deps): Recipients["add"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const name = parseText(input.name, WEBHOOK_NAME_MAX);
    if (!name.ok) return err({ type: "invalid-input", errors: [{ pointer: "/name", reason: name.error }] });
    const url = parseText(input.url, WEBHOOK_URL_MAX);
    if (!url.ok) return err({ type: "invalid-input", errors: [{ pointer: "/url", reason: url.error }] });
    if (!deps.acceptsWebhookUrl(url.value)) {
      return err({ type: "invalid-input", errors: [{ pointer: "/url", reason: "not-a-webhook-url" }] });
    }
    const added = await decideAndCommit(deps, caller, async () => {
      const id = deps.ids.next<WebhookId>();
      const secret = deps.webhookSigner.newSecret();
      const { webhook, changes } = add(
        {
          id,
          name: name.value,
          url: url.value,
          events: [...new Set(input.events)],
          secret: deps.sealer.seal(secret, SEAL_CONTEXTS.webhooks.secret({ id })),
        },
        await occasionOf(deps, caller),
      );
      return ok({ changes, value: { webhook, ...NOTHING_OPEN, secret } });
    });
    if (added.ok) await deps.refreshRecipients();
    return added;
  };

const known = (webhook: Webhook | null): webhook is Webhook =>
  webhook !== null && webhook.removed_at === null;

export const rotateWebhookSecret =
  (deps: Deps): Recipients["rotateSecret"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const rotated = await decideAndCommit(deps, caller, async () => {
      const webhook = await deps.readers.webhooks.byId(id);
      if (!known(webhook)) return err({ type: "not-found" });
      const secret = deps.webhookSigner.newSecret();
      const sealed = deps.sealer.seal(secret, SEAL_CONTEXTS.webhooks.secret({ id }));
      const { until, changes } = rotateSecret(webhook, sealed, await occasionOf(deps, caller));
      return ok({ changes, value: { secret, previous_secret_until: until } });
    });
    if (rotated.ok) await deps.refreshRecipients();
    return rotated;
  };

export const removeWebhook =
  (deps: Deps): Recipients["remove"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const removed = await decideAndCommit(deps, caller, async () => {
      const webhook = await deps.readers.webhooks.byId(id);
      if (webhook === null) return err({ type: "not-found" });
      return ok({ changes: remove(webhook, await occasionOf(deps, caller)), value: null });
    });
    if (removed.ok) await deps.refreshRecipients();
    return removed;
  };
