declare const brand: unique symbol;

/** A string that only the code which made it may call by this name. */
export type Branded<T, B extends string> = T & { readonly [brand]: B };

/** Opaque pseudonym of one data subject: a random UUIDv4 that tells nothing about the person, not even a time. */
export type SubjectId = Branded<string, "SubjectId">;
export type IdentityId = Branded<string, "IdentityId">;
export type ConsentId = Branded<string, "ConsentId">;
export type ConsentPolicyId = Branded<string, "ConsentPolicyId">;
export type SignInLinkId = Branded<string, "SignInLinkId">;
export type SessionId = Branded<string, "SessionId">;
export type CommentId = Branded<string, "CommentId">;
export type CommentReportId = Branded<string, "CommentReportId">;
export type PrivacyRequestId = Branded<string, "PrivacyRequestId">;
export type MailId = Branded<string, "MailId">;
export type MailPreferencesId = Branded<string, "MailPreferencesId">;
export type ServiceCredentialId = Branded<string, "ServiceCredentialId">;
export type LegalHoldId = Branded<string, "LegalHoldId">;
export type ErasureId = Branded<string, "ErasureId">;
export type SignedReportId = Branded<string, "SignedReportId">;
export type RetentionRunId = Branded<string, "RetentionRunId">;
export type WebhookId = Branded<string, "WebhookId">;
export type WebhookDeliveryId = Branded<string, "WebhookDeliveryId">;
export type BreachId = Branded<string, "BreachId">;
export type AuditEntryId = Branded<string, "AuditEntryId">;

/** Lower-case hexadecimal HMAC-SHA-256: 64 characters. Pseudonymous, never anonymous: whoever holds the key can link it. */
export type KeyedHash = Branded<string, "KeyedHash">;
/** Lower-case hexadecimal SHA-256 of a random 256-bit token: 64 characters. Only the hash is stored. */
export type TokenHash = Branded<string, "TokenHash">;
/** AES-256-GCM ciphertext with its key id, as ASCII text. */
export type Sealed = Branded<string, "Sealed">;
/** RFC 8785 canonical JSON text. */
export type CanonicalJson = Branded<string, "CanonicalJson">;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True for a lower-case RFC 9562 UUID of any version. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** Takes a text for an id of the wanted kind, or null when it is not a lower-case UUID. */
export const parseId = <Id extends Branded<string, string>>(text: string): Id | null =>
  isUuid(text) ? (text as Id) : null;
