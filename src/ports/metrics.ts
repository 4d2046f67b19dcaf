import type { CircuitState, OutsideService } from "./outside-call.ts";
import type { RateLimitDecision } from "./rate-limiter.ts";

export interface ProcessedRequest {
  readonly method: string;
  readonly path_template: string;
  readonly status_code: number;
  readonly duration_ms: number;
}

export interface CommittedGroup {
  readonly members: number;
  readonly milliseconds: number;
  /** False when the store rejected the group as a whole. */
  readonly answered: boolean;
}

/** What is asked when the metrics are. */
export const WATCHED = [
  "commit_queue_length",
  "database_pool_size",
  "database_pool_in_use",
  "mail_outbox_length",
  "webhook_deliveries_open",
  "webhook_acknowledgements_late",
  "privacy_requests_late",
  "breach_notices_due_soon",
  "breach_notices_overdue",
] as const;

export type Watched = (typeof WATCHED)[number];

/**
 * Numbers about the service and nothing about persons: a label's value is from a set that is known when the service
 * starts, and whatever is not in it becomes `other` (`unmatched` for a path). Counting never throws.
 */
export interface Metrics {
  /** Path templates of the routes: the only ones that become labels. */
  knowPathTemplates(templates: readonly string[]): void;
  requestProcessed(request: ProcessedRequest): void;
  groupCommitted(group: CommittedGroup): void;
  /** A batch of a retention run: how long others may have waited for it. */
  retentionBatch(milliseconds: number): void;
  requestCounted(decision: Pick<RateLimitDecision, "budget" | "admitted" | "shared">): void;
  circuitChanged(service: OutsideService, state: CircuitState): void;
  /** A read that fails or takes more than a second leaves its number out and is counted as a failure. */
  watch(what: Watched, read: () => number | Promise<number>): void;
  /** Prometheus' text format, of media type `contentType`. Does not reject because a read does. */
  render(): Promise<string>;
  readonly contentType: string;
  /** Stops measuring the event loop. */
  close(): void;
}
