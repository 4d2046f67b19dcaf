import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import {
  BEFORE_ALL,
  type DuePosition,
  type PersonalCollection,
  RUN_COLLECTIONS,
} from "../../domain/retention/due-records.ts";
import { DAY, type Instant, plus } from "../../domain/shared/instant.ts";
import { ok } from "../../domain/shared/result.ts";
import type { RetentionStore } from "../../ports/retention-store.ts";
import type { Application, RetentionPolicyView } from "../application.ts";
import { requirePermission } from "../caller.ts";
import type { Deps } from "../deps.ts";

/** Counted out of the index, so many at once: on SQLite a request waits for one of them at most. */
const COUNTED = 5_000;

const WEEK = 7 * DAY;

/** Behind every record that is due at this moment. */
const after = (moment: Instant): DuePosition => ({ retention_until: plus(moment, 1), id: "" });

const countBetween = async (
  retention: RetentionStore,
  collection: PersonalCollection,
  from: DuePosition,
  until: Instant,
): Promise<number> => {
  let records = 0;
  let position: DuePosition | null = from;
  while (position !== null) {
    const counted = await retention.count(collection, position, until, COUNTED);
    records += counted.records;
    position = counted.after;
    if (position !== null) await Bun.sleep(0);
  }
  return records;
};

const countAll = async (retention: RetentionStore, from: DuePosition, until: Instant) => {
  const counts: Partial<Record<PersonalCollection, number>> = {};
  for (const collection of RUN_COLLECTIONS) {
    counts[collection] = await countBetween(retention, collection, from, until);
  }
  return counts;
};

/** What is kept how long and why, and what falls due when. */
export const showRetention =
  (deps: Deps, retention: RetentionStore): Application["retention"]["show"] =>
  async (caller, { weeks }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const policies = Object.entries(CATALOGUE).map(
      ([collection, { purpose, retention: category, due }]): RetentionPolicyView => ({
        collection,
        purpose,
        category,
        days: category === null ? null : deps.policies.retention[category],
        due,
      }),
    );
    const now = deps.clock.now();
    const due_now = await countAll(retention, BEFORE_ALL, now);
    const forecast = [];
    for (let week = 0; week < weeks; week += 1) {
      const from = plus(now, week * WEEK);
      const until = plus(from, WEEK);
      forecast.push({ from, until, records: await countAll(retention, after(from), until) });
    }
    return ok({ policies, due_now, forecast });
  };
