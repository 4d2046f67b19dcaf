import type { OutgoingMail } from "../domain/personal-data/records.ts";
import type { MailId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** Mails that wait. Rejects with StorageFailure only. */
export interface OutgoingMailReader {
  byId(id: MailId): Promise<OutgoingMail | null>;
  /** Those whose next attempt is due at `now`, longest due first, at most `limit`. */
  due(now: Instant, limit: number): Promise<readonly OutgoingMail[]>;
  /** How many wait, due or not; `atMost` where there are more, so that counting costs no more than that. */
  waiting(atMost: number): Promise<number>;
}
