import type { SystemConfiguration } from "../configuration/system-configuration.ts";
import type { Erasure } from "../erasure/erasure.ts";
import type { IdempotentAnswer } from "../idempotency/idempotent-answer.ts";
import type { PrivacyRequest } from "../privacy-requests/privacy-request.ts";
import type { Webhook } from "../recipients/webhook.ts";
import type { WebhookDelivery } from "../recipients/webhook-delivery.ts";
import type { SignInLink } from "../sessions/sign-in-link.ts";
import type { Write } from "../shared/changes.ts";
import type { Sealed } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import type { Identity } from "./identity.ts";
import { keyField, type OutgoingMail, type Records, type StoredKey } from "./records.ts";

/** Fields whose every value is encrypted: their type says so. */
type SealedByType<R> = {
  [F in keyof R & string]-?: [NonNullable<R[F]>] extends [never]
    ? never
    : NonNullable<R[F]> extends Sealed
      ? F
      : never;
}[keyof R & string];

/** Fields that are encrypted in some records only, which no type can tell. */
interface SealedBySwitch {
  readonly system_config: "value";
}

type SealedName<R, C extends keyof R> =
  | SealedByType<R[C]>
  | (C extends keyof SealedBySwitch ? SealedBySwitch[C] : never);

type WithSealed<R> = { [C in keyof R]: [SealedName<R, C>] extends [never] ? never : C }[keyof R];

/** The place of every encrypted field of a set of records: a field or a collection left out does not compile. */
export type SealContexts<R> = {
  readonly [C in WithSealed<R>]: { readonly [F in SealedName<R, C>]: (row: R[C]) => string };
};

/** A collection that holds encrypted values. */
export type SealedCollection = WithSealed<Records>;

/**
 * What each encrypted value is bound to, so that it opens in its place only. A text here is part of every value that
 * was ever encrypted under it: changing one makes them unreadable.
 */
export const SEAL_CONTEXTS = {
  identities: {
    ciphertext: ({ kind, subject_id }: Pick<Identity, "kind" | "subject_id">) =>
      `identities:${kind}:${subject_id}`,
  },
  sign_in_links: { email_ciphertext: ({ id }: Pick<SignInLink, "id">) => `sign_in_links:email:${id}` },
  outgoing_mails: { message: ({ id }: Pick<OutgoingMail, "id">) => `outgoing_mails:${id}` },
  privacy_requests: {
    statement: ({ id }: Pick<PrivacyRequest, "id">) => `privacy_requests:statement:${id}`,
    rectification: ({ id }: Pick<PrivacyRequest, "id">) => `privacy_requests:rectification:${id}`,
    contact: ({ id }: Pick<PrivacyRequest, "id">) => `privacy_requests:contact:${id}`,
    extension_reason: ({ id }: Pick<PrivacyRequest, "id">) => `privacy_requests:extension_reason:${id}`,
    answer: ({ id }: Pick<PrivacyRequest, "id">) => `privacy_requests:answer:${id}`,
  },
  idempotent_answers: {
    answer: ({ id }: Pick<IdempotentAnswer, "id">) => `idempotent_answers:answer:${id}`,
  },
  erasures: { work: ({ id }: Pick<Erasure, "id">) => `erasures:work:${id}` },
  webhooks: {
    secret: ({ id }: Pick<Webhook, "id">) => `webhooks:secret:${id}`,
    // What was the secret becomes the one before it as it stands: both open in either place.
    previous_secret: ({ id }: Pick<Webhook, "id">) => `webhooks:secret:${id}`,
  },
  webhook_deliveries: {
    message: ({ id }: Pick<WebhookDelivery, "id">) => `webhook_deliveries:message:${id}`,
  },
  system_config: {
    value: ({ key }: Pick<SystemConfiguration, "key">) => `system_config:value:${key}`,
  },
  keys: { wrapped: ({ id }: Pick<StoredKey, "id">) => `keys:${id}` },
} as const satisfies SealContexts<Records>;

export const SEALED_COLLECTIONS = Object.keys(SEAL_CONTEXTS) as readonly SealedCollection[];

/** A record of a collection with encrypted values, together with its collection's name. */
export type SealedRecord = {
  [C in SealedCollection]: { readonly collection: C; readonly row: Records[C] };
}[SealedCollection];

export interface SealedValue {
  readonly field: string;
  readonly sealed: Sealed;
  readonly context: string;
}

/** The encrypted values of a record: none where the field is null, or the setting is not sensitive. */
export const sealedValues = ({ collection, row }: SealedRecord): readonly SealedValue[] => {
  if (collection === "system_config" && !row.is_sensitive) return [];
  // Collection and record belong together by their type, which is lost when the fields are gone through.
  const contexts = SEAL_CONTEXTS[collection] as Readonly<Record<string, (row: object) => string>>;
  const fields = row as unknown as Readonly<Record<string, Sealed | null>>;
  return Object.entries(contexts).flatMap(([field, contextOf]) => {
    const sealed = fields[field] ?? null;
    return sealed === null ? [] : [{ field, sealed, context: contextOf(row) }];
  });
};

/** Name by which a record is found: its id, and the key of a setting. */
export const keyOfSealed = ({ collection, row }: SealedRecord): string =>
  keyField(collection) === "key" ? (row as SystemConfiguration).key : (row as StoredKey).id;

/** Puts other encryptions of the same values in their places, if the record has not moved meanwhile. */
export const resealWrite = (
  record: SealedRecord,
  values: readonly Pick<SealedValue, "field" | "sealed">[],
  now: Instant,
): Write =>
  ({
    op: "update",
    in: record.collection,
    id: keyOfSealed(record),
    version: record.row.version,
    set: { ...Object.fromEntries(values.map(({ field, sealed }) => [field, sealed])), updated_at: now },
  }) as Write;
