import type { Records } from "../domain/personal-data/records.ts";
import type { SubjectId } from "../domain/shared/ids.ts";

/**
 * Collections of which a person may have any number of records. Of the others that speak of her (`identities`,
 * `consents`, `mail_preferences` …) their own readers find the few there are.
 */
export const WALKED_COLLECTIONS = [
  "comments",
  "comment_reports",
  "sessions",
  "outgoing_mails",
  "idempotent_answers",
  "webhook_deliveries",
] as const;

export type WalkedCollection = (typeof WALKED_COLLECTIONS)[number];

/** Whatever carries a person's id. Rejects with StorageFailure only. */
export interface PersonalDataReader {
  /**
   * Her records of a collection after this key (null: from the first) in the order of the keys, at most `limit`. Costs
   * the same however many records others have.
   */
  ofSubject<C extends WalkedCollection>(
    collection: C,
    subject: SubjectId,
    after: string | null,
    limit: number,
  ): Promise<readonly Records[C][]>;
}
