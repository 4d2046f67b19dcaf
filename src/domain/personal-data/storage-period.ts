import type { RetentionPeriods } from "../retention/retention-period.ts";
import { CATALOGUE } from "./catalogue.ts";

/** How long a collection is stored, as persons and authorities are told (GDPR Art. 15(1)(d), 30(1)(f)). */
export interface StoragePeriod {
  /** Null: as long as what it belongs to. */
  readonly kept_days: number | null;
  /** The same in words, with what the days count from. */
  readonly kept: string;
}

const inDays = (days: number): string => (days === 1 ? "a day" : `${days} days`);

export const storagePeriod = (
  collection: keyof typeof CATALOGUE,
  periods: RetentionPeriods,
): StoragePeriod => {
  const { retention, kept } = CATALOGUE[collection];
  if (retention === null) return { kept_days: null, kept: "as long as what it belongs to" };
  const days = kept?.days ?? periods[retention];
  const until = kept === undefined || !("from" in kept) ? "" : ` after ${kept.from}`;
  return {
    kept_days: days,
    kept: kept?.days === undefined ? `${inDays(days)}${until}` : `at most ${inDays(days)}`,
  };
};
