export interface SignedMessage {
  /** Of the message, the same over every attempt; holds no dot. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Exactly as sent. */
  readonly body: string;
}

/** Signatures of the Standard Webhooks specification: HMAC-SHA-256 over `id.timestamp.body`. */
export interface WebhookSigner {
  /** A random secret of 256 bits, `whsec_…`. */
  newSecret(): string;
  /** The value of `webhook-signature`: one signature for each secret, separated by spaces. */
  sign(secrets: readonly string[], message: SignedMessage): string;
  /** Whether one of the signatures is by one of the secrets, in constant time. Never throws. */
  verify(secrets: readonly string[], message: SignedMessage, signatures: string): boolean;
}
