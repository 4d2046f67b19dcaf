export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as these very bytes, in UTF-8. */
  readonly body: string;
}

export type WebhookAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly retry_after: string | null }
  /** Not sent: the URL, or what its name leads to, is nothing that may be called. */
  | { readonly kind: "forbidden-address" };

/**
 * Sends to addresses that others named. A name is looked up once for each call, and what is called is exactly an address
 * that was judged: nothing on this machine or in private networks. Redirects are not followed, no proxy is asked, and
 * nothing of what comes back is kept but the status and Retry-After.
 */
export interface WebhookSender {
  /** Whether such a URL may be given at all; looks no name up. */
  accepts(url: string): boolean;
  /** Rejects when there was no answer; ends when the signal is aborted. */
  send(request: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer>;
}

/** `held`: not tried, because this recipient has not been answering, or too much is under way. */
export type WebhookOutcome = WebhookAnswer | { readonly kind: "unreachable" | "timeout" | "held" };

/** A sender behind a circuit for each recipient. Never rejects. */
export type SendWebhook = (request: WebhookRequest) => Promise<WebhookOutcome>;
