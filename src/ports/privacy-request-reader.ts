import type {
  PrivacyRequest,
  RequestState,
  RequestType,
} from "../domain/privacy-requests/privacy-request.ts";
import type { PrivacyRequestId, SubjectId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** Where a page of the inbox ended. */
export interface InboxPosition {
  readonly due_at: Instant;
  readonly id: PrivacyRequestId;
}

/** Null: whatever is not answered for good, and every type. */
export interface InboxFilter {
  readonly state: RequestState | null;
  readonly type: RequestType | null;
}

/** Privacy requests, their texts still sealed. Rejects with StorageFailure only. */
export interface PrivacyRequestReader {
  byId(id: PrivacyRequestId): Promise<PrivacyRequest | null>;
  /** A person's requests after this one, oldest first. */
  ofSubject(
    subject: SubjectId,
    after: PrivacyRequestId | null,
    limit: number,
  ): Promise<readonly PrivacyRequest[]>;
  /** What is due first comes first, so that what is late leads. */
  inbox(filter: InboxFilter, after: InboxPosition | null, limit: number): Promise<readonly PrivacyRequest[]>;
  /** How many are late (`isLate`) at `now`, counted up to `atMost`. */
  late(now: Instant, atMost: number): Promise<number>;
  /** Those whose `wakes_at` has come at `now`, the longest due first. */
  waking(now: Instant, limit: number): Promise<readonly PrivacyRequest[]>;
  /** Erasures scheduled or running whose `effective_at` has come at `now` and that no hold keeps, the longest due first. */
  dueErasures(now: Instant, limit: number): Promise<readonly PrivacyRequest[]>;
}
