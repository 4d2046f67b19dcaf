import type { Verdict } from "../../../ports/group-store.ts";
import { sqlStateOf } from "../storage-failure.ts";
import {
  absencesAndInserts,
  type Batch,
  batchesOfAudit,
  batchesOfLayer,
  changeStatus,
  type LockBatch,
  lockBatches,
  STATUS_TURN,
} from "./batches.ts";
import { type Answer, type Lane, LaneLost } from "./lane.ts";
import { arrayOf, type Statements } from "./statements.ts";
import { type ColumnsOf, type Member, planWave, recordKey, type StoredRow } from "./wave.ts";

export const STORED: Verdict = { type: "stored" };
export const CONFLICT: Verdict = { type: "conflict" };

/** How one transaction ended. */
export type Outcome =
  /** Verdicts that are final, and the members that have none yet. `committed`: something was stored. */
  | {
      readonly type: "settled";
      readonly verdicts: ReadonlyMap<Member, Verdict>;
      readonly again: readonly Member[];
      readonly committed: boolean;
    }
  /** A statement with rows of `owners` failed, and nothing was stored. */
  | { readonly type: "failed"; readonly error: unknown; readonly owners: ReadonlySet<Member> }
  /** The connection is gone; `unknown` when that was after COMMIT had been sent. */
  | { readonly type: "lost"; readonly unknown: boolean };

export interface TransactionTools {
  readonly statements: Statements;
  readonly columnsOf: ColumnsOf;
  /** What every transaction starts with. */
  readonly begin: string;
  /** Waits for those whose audit entries come first. */
  readonly auditTurn: string;
}

class StatementFailed extends Error {
  constructor(
    readonly error: unknown,
    readonly owners: ReadonlySet<Member>,
  ) {
    super("a statement failed");
  }
}

interface Sent {
  readonly answer: Promise<Answer>;
  readonly owners: readonly Member[];
}

/** Waits for all that was sent. After the first error of a transaction every later statement says 25P02. */
const answersOf = async (sent: readonly Sent[]): Promise<readonly Answer[]> => {
  const settled = await Promise.allSettled(sent.map(({ answer }) => answer));
  let failure: StatementFailed | null = null;
  const answers = settled.flatMap((each, index) => {
    if (each.status === "fulfilled") return [each.value];
    if (each.reason instanceof LaneLost) throw each.reason;
    if (failure === null && sqlStateOf(each.reason) !== "25P02") {
      failure = new StatementFailed(each.reason, new Set(sent[index]?.owners));
    }
    return [];
  });
  if (failure !== null) throw failure;
  return answers;
};

const keysOf = (answers: readonly Answer[]): ReadonlySet<unknown> =>
  new Set(answers.flatMap(({ rows }) => rows.map(({ key }) => key)));

const sendBatch = (lane: Lane, { text, parameters, rows }: Batch): Sent => ({
  answer: lane.send(text, parameters),
  owners: rows.map(({ owner }) => owner),
});

const firstAuditId = ({ changes }: Member): string => changes.audit[0]?.key ?? "";

/** Locks on names, for what no row can be locked for: that a record stays absent. */
const nameLocks = (members: readonly Member[]): string => {
  const locks = absencesAndInserts(members).map(
    ({ table, absence }) =>
      `pg_advisory_xact_lock${absence ? "" : "_shared"}(1196314438, ${Bun.hash.crc32(table) | 0})`,
  );
  const names = locks.length === 0 ? "" : `; select ${locks.join(", ")}`;
  return changeStatus(members) ? `; ${STATUS_TURN}${names}` : names;
};

const storedRow = ({ key: _, version, ...unique }: Answer["rows"][number]): StoredRow => ({
  version: Number(version),
  unique: unique as StoredRow["unique"],
});

const storedRows = (locks: readonly LockBatch[], answers: readonly Answer[]) =>
  new Map(
    locks.flatMap(({ table }, index) =>
      (answers[index]?.rows ?? []).map(
        (row) => [recordKey(table, String(row["key"])), storedRow(row)] as const,
      ),
    ),
  );

/**
 * One transaction for many members: locks and reads what they rest on, sends all writes and reads from the counts who
 * lost. A loser that wrote nothing is dropped; if one wrote something, all is rolled back and the others come again. The
 * audit entries follow, then COMMIT. `resent`, of one member only: the answer to an earlier COMMIT with it was lost; then
 * its audit entries come first, wait for whoever may still be committing them, and "already there" means stored.
 */
export const transact = async (
  lane: Lane,
  members: readonly Member[],
  resent: boolean,
  { statements, columnsOf, begin, auditTurn }: TransactionTools,
): Promise<Outcome> => {
  const verdicts = new Map<Member, Verdict>();
  let committing = false;

  const finish = (committed: boolean): Outcome => ({
    type: "settled",
    verdicts,
    again: members.filter((member) => !verdicts.has(member)),
    committed,
  });

  const rollback = async (): Promise<void> => {
    await answersOf([{ answer: lane.send("rollback"), owners: [] }]);
  };

  /** Entries become visible in the order of their positions: nobody else inserts any from here to COMMIT. */
  const insertAudit = (owners: readonly Member[]): readonly Sent[] =>
    owners.length === 0
      ? []
      : [
          { answer: lane.send(auditTurn), owners },
          ...batchesOfAudit(owners, statements).map((each) => sendBatch(lane, each)),
        ];

  /** A member that lost may have been stored before. Asked inside the transaction, so that nothing comes between. */
  const askStored = (losers: readonly Member[]): readonly Sent[] =>
    losers.length === 0 || resent
      ? []
      : [{ answer: lane.send(statements.audited, [arrayOf(losers.map(firstAuditId))]), owners: losers }];

  const settleLosers = (losers: readonly Member[], stored: ReadonlySet<unknown>): void => {
    for (const loser of losers) verdicts.set(loser, stored.has(firstAuditId(loser)) ? STORED : CONFLICT);
  };

  /** Members whose entries are there already were stored before, though their writes found no contradiction now. */
  const settleUntold = (owners: readonly Member[], told: ReadonlySet<unknown>): boolean => {
    const untold = owners.filter(({ changes }) => changes.audit.some(({ key }) => !told.has(key)));
    for (const member of untold) verdicts.set(member, told.has(firstAuditId(member)) ? CONFLICT : STORED);
    return untold.length > 0;
  };

  /** Sends the writes, place by place of the members' lists; answers who lost and who wrote something. */
  const write = async (writing: readonly Member[], begun: readonly Sent[]) => {
    const lost = new Set<Member>();
    const wrote = new Set<Member>();
    let pending = begun;
    const layers = Math.max(0, ...writing.map(({ changes }) => changes.writes.length));
    for (let layer = 0; layer < layers; layer += 1) {
      const still = writing.filter((member) => !lost.has(member));
      const batches = batchesOfLayer(still, layer, statements);
      const answers = await answersOf([...pending, ...batches.map((each) => sendBatch(lane, each))]);
      const first = pending.length;
      pending = [];
      batches.forEach(({ rows }, index) => {
        const hit = keysOf(answers.slice(first + index, first + index + 1));
        for (const { owner, key } of rows) (hit.has(key) ? wrote : lost).add(owner);
      });
    }
    await answersOf(pending);
    return { lost, touched: [...lost].some((member) => wrote.has(member)) };
  };

  const run = async (): Promise<Outcome> => {
    let begun: readonly Sent[] = [{ answer: lane.send(begin + nameLocks(members)), owners: members }];
    if (resent) {
      const told = keysOf(await answersOf([...begun, ...insertAudit(members)]));
      begun = [];
      if (settleUntold(members, told)) {
        await rollback();
        return finish(false);
      }
    }
    const locks = lockBatches(members, statements);
    let rows: ReadonlyMap<string, StoredRow> = new Map();
    if (locks.length > 0) {
      const answers = await answersOf([...begun, ...locks.map((each) => sendBatch(lane, each))]);
      rows = storedRows(locks, answers.slice(begun.length));
      begun = [];
    }

    const { writing, conflicting, losing } = planWave(members, rows, columnsOf);
    const { lost, touched } = await write(writing, begun);
    const survivors = touched ? [] : writing.filter((member) => !lost.has(member));
    const surviving = new Set(survivors);
    const beaten = [...losing].filter(([, by]) => by.some((member) => surviving.has(member)));
    const losers = [...conflicting, ...lost, ...beaten.map(([member]) => member)];

    const inserts = resent ? [] : insertAudit(survivors);
    const answers = await answersOf([...inserts, ...askStored(losers)]);
    const untold = !resent && settleUntold(survivors, keysOf(answers.slice(0, inserts.length)));
    if (untold || survivors.length === 0) {
      await rollback();
      // Who was beaten by a survivor that is now undone must be decided again.
      const final = untold ? [...conflicting, ...lost] : losers;
      settleLosers(final, keysOf(answers.slice(inserts.length)));
      return finish(false);
    }
    settleLosers(losers, keysOf(answers.slice(inserts.length)));
    committing = true;
    const [committed] = await answersOf([{ answer: lane.send("commit"), owners: survivors }]);
    if (committed?.command !== "COMMIT") throw new Error(`COMMIT was answered with ${committed?.command}`);
    for (const member of survivors) verdicts.set(member, STORED);
    return finish(true);
  };

  try {
    return await run();
  } catch (error) {
    if (error instanceof LaneLost) return { type: "lost", unknown: committing };
    if (!(error instanceof StatementFailed)) {
      await lane.close();
      throw error;
    }
    await rollback().catch(() => lane.close());
    return { type: "failed", error: error.error, owners: error.owners };
  }
};
