import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";
import type { Write } from "../../domain/shared/changes.ts";
import { newGdprRecord } from "../../domain/shared/gdpr-record.ts";
import type { MailId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Mail } from "../../ports/mailer.ts";
import type { Deps } from "../deps.ts";

type Message = Omit<Mail, "message_id">;

/** A mail to be stored with its cause, due at once and of no use from `until` on. */
export const outgoingMail = (
  deps: Pick<Deps, "ids" | "sealer" | "policies">,
  { now, until, ...about }: Pick<OutgoingMail, "kind" | "subject_id"> & { now: Instant; until: Instant },
  message: Message,
): OutgoingMail => {
  const id = deps.ids.next<MailId>();
  return {
    ...newGdprRecord(id, now, until),
    ...about,
    message: deps.sealer.seal(
      canonicalJson(message as unknown as Json),
      SEAL_CONTEXTS.outgoing_mails.message({ id }),
    ),
    message_id: `${id}@${new URL(deps.policies.publicUrl).hostname}`,
    attempts: 0,
    next_attempt_at: now,
  };
};

/** The same mail to another address. Throws SealBroken. */
export const readdressed = (
  { sealer }: Pick<Deps, "sealer">,
  mail: OutgoingMail,
  to: string,
  now: Instant,
): Write => {
  const place = SEAL_CONTEXTS.outgoing_mails.message(mail);
  const message: Message = { ...(JSON.parse(sealer.open(mail.message, place)) as Message), to };
  return {
    op: "update",
    in: "outgoing_mails",
    id: mail.id,
    version: mail.version,
    set: { message: sealer.seal(canonicalJson(message as unknown as Json), place), updated_at: now },
  };
};

/** The mail as it is to be sent. Throws SealBroken. */
export const openedMail = (deps: Pick<Deps, "sealer">, mail: OutgoingMail): Mail => {
  const message = JSON.parse(
    deps.sealer.open(mail.message, SEAL_CONTEXTS.outgoing_mails.message(mail)),
  ) as Message;
  return { ...message, message_id: mail.message_id };
};
