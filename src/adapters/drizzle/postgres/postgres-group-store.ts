import type { Changes } from "../../../domain/shared/changes.ts";
import type { GroupStore, Verdict } from "../../../ports/group-store.ts";
import { StorageFailure } from "../../../ports/unit-of-work.ts";
import { createEncoder, requireWithinLimits } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { recordColumns } from "../portable.ts";
import { postgresSchema } from "../schema.postgres.ts";
import { sqlStateOf, storageFailure } from "../storage-failure.ts";
import type { LaneKeeper } from "./lane-keeper.ts";
import { createStatements } from "./statements.ts";
import { CONFLICT, type TransactionTools, transact } from "./transaction.ts";
import type { Member } from "./wave.ts";

export interface PostgresGroupStore extends GroupStore {
  /** Resolves when the group that is running has been answered; later ones are refused. */
  close(): Promise<void>;
}

/** Members that run in one transaction. */
interface Batch {
  readonly members: readonly Member[];
  /** How often others were in the way. */
  readonly attempts: number;
  /** The answer to COMMIT was lost: these are sent again one by one, audit entries first. */
  readonly resent: boolean;
}

/** Somebody else holds a lock, or was chosen before us: serialization failure, deadlock, lock and statement time-outs. */
const IN_THE_WAY = /^(40001|40P01|55P03|57014)$/;
/** The fault of a row: bad data, a broken constraint, a limit exceeded. */
const FAULT_OF_ROW = /^(22|23|44|54)/;
const UNIQUE_VIOLATION = "23505";

const ATTEMPTS_BEFORE_SPLIT = 2;
const ATTEMPTS_MAX = 8;

const halves = (batch: Batch): readonly Batch[] => {
  const middle = Math.ceil(batch.members.length / 2);
  return [batch.members.slice(0, middle), batch.members.slice(middle)].map((members) => ({
    ...batch,
    members,
  }));
};

const backOff = (attempt: number): Promise<void> =>
  Bun.sleep(Math.random() * Math.min(5 * 2 ** attempt, 200));

export const createGroupStore = (
  lanes: LaneKeeper,
  { begin, auditTurn }: Pick<TransactionTools, "begin" | "auditTurn">,
  giveUpMs: number,
): PostgresGroupStore => {
  const encoder = createEncoder(postgresSchema);
  const columns = new Map(
    (Object.keys(postgresSchema) as TableName[]).map((table) => [
      table,
      Object.keys(recordColumns(postgresSchema[table])),
    ]),
  );
  const tools: TransactionTools = {
    statements: createStatements(),
    columnsOf: (table) => columns.get(table) ?? [],
    begin,
    auditTurn,
  };

  const run = async (members: readonly Changes[]): Promise<readonly Verdict[]> => {
    const verdicts = members.map((): Verdict => ({ type: "refused", sqlState: null }));
    const encoded = members.flatMap((changes, index) => {
      const encodedChanges = encoder.encode(changes);
      return encodedChanges === null ? [] : [{ index, changes: encodedChanges }];
    });
    const queue: Batch[] = encoded.length === 0 ? [] : [{ members: encoded, attempts: 0, resent: false }];
    const until = performance.now() + giveUpMs;
    let uncertain = false;
    const settle = (member: Member, verdict: Verdict): void => {
      verdicts[member.index] = verdict;
    };

    /** What is known of one member alone when its statement fails. */
    const refuse = (member: Member, error: unknown): void => {
      const sqlState = sqlStateOf(error);
      settle(member, sqlState === UNIQUE_VIOLATION ? CONFLICT : { type: "refused", sqlState });
    };

    const failed = async (batch: Batch, owners: ReadonlySet<Member>, error: unknown): Promise<void> => {
      const sqlState = sqlStateOf(error) ?? "";
      const [first] = batch.members;
      const alone = batch.members.length === 1;
      if (IN_THE_WAY.test(sqlState)) {
        const attempts = batch.attempts + 1;
        if (batch.resent) {
          // Whoever is in its way may be the very backend whose answer was lost: no verdict before it is through.
          if (performance.now() >= until) throw error;
        } else if (alone && first !== undefined && attempts >= ATTEMPTS_MAX) return refuse(first, error);
        await backOff(attempts);
        // Whoever is held up must not hold up the others for long.
        const again = { ...batch, attempts };
        queue.unshift(...(alone || attempts < ATTEMPTS_BEFORE_SPLIT ? [again] : halves(again)));
        return;
      }
      if (!FAULT_OF_ROW.test(sqlState)) throw error;
      if (alone && first !== undefined) return refuse(first, error);
      const others = batch.members.filter((member) => !owners.has(member));
      const suspects = batch.members.filter((member) => owners.has(member));
      if (others.length === 0) queue.unshift(...halves(batch));
      else queue.unshift({ ...batch, members: others }, { ...batch, members: suspects });
    };

    const lost = async (batch: Batch, unknown: boolean): Promise<void> => {
      const attempts = batch.attempts + 1;
      if (unknown) {
        uncertain = true;
        queue.unshift(...batch.members.map((member) => ({ members: [member], attempts, resent: true })));
      } else {
        queue.unshift({ ...batch, attempts });
      }
      if (performance.now() >= until) throw new StorageFailure("lost", "no", "commit");
      await backOff(attempts);
    };

    try {
      for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
        const outcome = await transact(await lanes.get(), batch.members, batch.resent, tools);
        if (outcome.type === "lost") await lost(batch, outcome.unknown);
        else if (outcome.type === "failed") await failed(batch, outcome.owners, outcome.error);
        else {
          uncertain ||= outcome.committed;
          for (const [member, verdict] of outcome.verdicts) settle(member, verdict);
          if (outcome.again.length > 0) queue.unshift({ ...batch, members: outcome.again });
        }
      }
    } catch (error) {
      // Of the group as a whole nothing certain can be said once a part of it was stored, or may have been.
      const failure = storageFailure("commit", error);
      if (!uncertain || !(failure instanceof StorageFailure)) throw failure;
      throw new StorageFailure(failure.kind, "unknown", failure.operation, failure.sqlState);
    }
    return verdicts;
  };

  let closed = false;
  let running: Promise<unknown> = Promise.resolve();
  return {
    commitGroup: async (members) => {
      requireWithinLimits(members);
      if (closed) throw new StorageFailure("closed", "no", "commit");
      const group = running.then(() => run(members));
      running = group.catch(() => null);
      return group;
    },
    close: async () => {
      closed = true;
      await running;
    },
  };
};
