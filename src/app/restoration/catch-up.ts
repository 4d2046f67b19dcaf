import { finishReplay, moveRestorePoint, type Replayed } from "../../domain/restoration/restore-point.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import { MINUTE, plus } from "../../domain/shared/instant.ts";
import { LedgerBroken, type LedgerPosition } from "../../ports/erasure-ledger.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { type EraseAgain, replayLedger } from "./replay-ledger.ts";

/** Younger facts may still be on their way to the database: no commit takes nearly as long. */
const SETTLED_AFTER = 2 * MINUTE;
const ATTEMPTS = 5;

/** What was done before a database was opened; null: there was nothing to do. */
export type CaughtUp = (Replayed & { readonly told: number }) | null;

/** Another instance may move the point at the same moment: one of them has, and none goes back. */
const move = async (deps: Deps, decide: () => Promise<Changes | null>): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const changes = await decide();
    if (changes === null || (await deps.unitOfWork.commit(changes)).ok) return;
  }
};

/** Begins the ledger of a database that never had one, and says in it how far that goes. */
export const beginLedger = async (deps: Deps): Promise<void> => {
  const { ledger, readers, clock } = deps;
  if (!(await ledger.isNew())) return;
  if ((await readers.restorePoints.current()) !== null) throw new LedgerBroken("missing");
  const begun = await ledger.position(clock.now());
  await move(deps, async () =>
    (await readers.restorePoints.current()) === null
      ? moveRestorePoint(null, begun, await occasionOf(deps, SYSTEM_CALLER))
      : null,
  );
};

/**
 * To be done before anything is served: whatever the ledger tells and this database has not heard of is done again. A
 * copy of a database, however it was made, is behind its ledger; so nobody comes back with one. Rejects with
 * LedgerBroken where there was a ledger and it is missing, another one, cut off or changed: then nothing may be opened.
 */
export const catchUp = async (deps: Deps, erase: EraseAgain): Promise<CaughtUp> => {
  const { ledger, readers, clock } = deps;
  await beginLedger(deps);
  const point = await readers.restorePoints.current();
  const now = clock.now();
  const entries = await ledger.after((point?.ledger_position ?? null) as LedgerPosition | null);
  if (entries.length === 0 && point !== null) return null;
  // What others tell while we replay is not passed over: it is younger than this.
  const position = await ledger.position(plus(now, -SETTLED_AFTER));
  const replayed = { ...(await replayLedger(deps, entries, erase)), told: entries.length };
  await move(deps, async () =>
    finishReplay(
      await readers.restorePoints.current(),
      position,
      replayed,
      await occasionOf(deps, SYSTEM_CALLER),
    ),
  );
  return replayed;
};

/**
 * Moves the restore point to what has certainly reached the database. For a schedule. When the database was put back to an
 * earlier moment under the running service, it catches up instead.
 */
export const settleRestorePoint = (deps: Deps, erase: EraseAgain): (() => Promise<void>) => {
  let seen = 0;
  return async () => {
    const { ledger, readers, clock } = deps;
    const point = await readers.restorePoints.current();
    if (point === null || point.version < seen) await catchUp(deps, erase);
    else {
      seen = point.version;
      const position = await ledger.position(plus(clock.now(), -SETTLED_AFTER));
      await move(deps, async () => {
        const current = await readers.restorePoints.current();
        return current === null || current.ledger_position === position
          ? null
          : moveRestorePoint(current, position, await occasionOf(deps, SYSTEM_CALLER));
      });
    }
  };
};
