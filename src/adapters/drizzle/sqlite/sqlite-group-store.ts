import type { Changes } from "../../../domain/shared/changes.ts";
import type { GroupStore, Verdict } from "../../../ports/group-store.ts";
import { StorageFailure } from "../../../ports/unit-of-work.ts";
import { type EncodedInsert, type EncodedMember, type Encoder, requireWithinLimits } from "../encode.ts";
import { driverCode, storageFailure } from "../storage-failure.ts";
import type { WriteStatements } from "../write-statements.ts";
import { closedFailure, type SqliteConnection, whileBusy } from "./connection.ts";

const STORED: Verdict = { type: "stored" };
const CONFLICT: Verdict = { type: "conflict" };
const REFUSED: Verdict = { type: "refused", sqlState: null };

const isRefusal = (error: unknown): boolean =>
  /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(driverCode(error) ?? "");

/** An update has no `on conflict do nothing`: this is how it learns that another record has the value. */
const isTaken = (error: unknown): boolean =>
  /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(driverCode(error) ?? "");

/** Earlier slices are stored: of the group as a whole nothing certain can be said any more. */
const ofWholeGroup = (error: unknown): unknown => {
  const failure = storageFailure("commit", error, "unknown");
  return failure instanceof StorageFailure
    ? new StorageFailure(failure.kind, "unknown", failure.operation, failure.sqlState)
    : failure;
};

export interface SqliteGroupStore extends GroupStore {
  /** Stores one decision, or nothing of it, in the transaction that the caller has begun and will end. */
  storeInside(changes: Changes): Verdict;
  /** Resolves when the group that is running has been answered; later ones are refused. */
  close(): Promise<void>;
}

export interface GroupStoreLimits {
  /** How long a group waits while another process writes. */
  readonly busyDeadlineMs: number;
  /** After this long a transaction ends and the rest of the group gets the next one: requests are answered between. */
  readonly sliceMs: number;
}

export const createGroupStore = (
  connection: SqliteConnection,
  encoder: Encoder,
  texts: WriteStatements,
  { busyDeadlineMs, sliceMs }: GroupStoreLimits,
): SqliteGroupStore => {
  const { db, statement } = connection;
  const changed = (sql: string, values: readonly (string | number | boolean | null)[]): boolean =>
    statement(sql).run(...values).changes === 1;

  const VERSION = encoder.columnsOf("audit_entries").indexOf("version");

  const insert = (row: EncodedInsert): boolean => changed(texts.insert(row.table), row.values);

  const holds = ({ table, key, version }: EncodedMember["expects"][number]): boolean => {
    const found = statement(texts.version(table)).values(key)[0];
    return version === "absent" ? found === undefined : found?.[0] === version;
  };

  const apply = (each: EncodedMember["writes"][number]): boolean => {
    switch (each.op) {
      case "insert":
        return insert(each);
      case "update":
        return changed(texts.update(each.table, each.fields), [...each.values, each.key, each.version]);
      case "delete":
        return changed(texts.delete(each.table), [each.key, each.version]);
    }
  };

  const isTold = ({ audit: [told] }: EncodedMember): boolean =>
    told !== undefined && statement(texts.version("audit_entries")).values(told.key).length > 0;

  /** The writes of a member whose entry is in: false when one of them loses. */
  const write = (member: EncodedMember): boolean =>
    member.writes.every(apply) && member.audit.every((entry, index) => index === 0 || insert(entry));

  /** Runs `work` and answers what became of it; only what speaks of the member's own values is caught. */
  const judged = (work: () => Verdict): Verdict => {
    try {
      return work();
    } catch (error) {
      // Some errors (disk full, input and output) end the whole transaction: then no member of it is stored.
      if (!db.inTransaction || !isRefusal(error)) throw error;
      return isTaken(error) ? CONFLICT : REFUSED;
    }
  };

  /**
   * Stores one member or leaves nothing of it. Its audit entry goes first: when that is there already, the member was
   * stored before and its answer was lost. A savepoint costs as much as an index, so there is one only where a member
   * can lose after a write of its own has been made.
   */
  const store = (member: EncodedMember): Verdict => {
    const [told] = member.audit;
    if (told === undefined) return REFUSED;
    if (!member.expects.every(holds)) return isTold(member) ? STORED : CONFLICT;
    const atOnce = member.writes.length <= 1 && member.audit.length === 1;
    if (!atOnce) statement("savepoint member").run();
    let entered = false;
    const verdict = judged(() => {
      entered = insert(told);
      return !entered || write(member) ? STORED : CONFLICT;
    });
    if (atOnce) {
      if (verdict !== STORED && entered)
        changed(texts.delete("audit_entries"), [told.key, told.values[VERSION] ?? 1]);
    } else {
      if (verdict !== STORED) statement("rollback to member").run();
      statement("release member").run();
    }
    return verdict;
  };

  /** From `begin` to `commit` without an `await`: nothing else can run on the connection between. Answers the verdicts so far. */
  const transact = (members: readonly (EncodedMember | null)[]): Verdict[] => {
    const verdicts: Verdict[] = [];
    const until = performance.now() + sliceMs;
    statement("begin immediate").run();
    let committing = false;
    try {
      for (const member of members) {
        verdicts.push(member === null ? REFUSED : store(member));
        if (performance.now() >= until) break;
      }
      committing = true;
      statement("commit").run();
      return verdicts;
    } catch (error) {
      if (db.inTransaction) statement("rollback").run();
      throw storageFailure("commit", error, committing ? "unknown" : "no");
    }
  };

  let closed = false;
  let running: Promise<unknown> = Promise.resolve();

  const run = async (members: readonly Changes[]): Promise<readonly Verdict[]> => {
    const encoded = members.map(encoder.encode);
    const verdicts: Verdict[] = [];
    while (verdicts.length < encoded.length) {
      if (verdicts.length > 0) await Bun.sleep(0);
      try {
        verdicts.push(...(await whileBusy(busyDeadlineMs, () => transact(encoded.slice(verdicts.length)))));
      } catch (error) {
        throw verdicts.length === 0 ? storageFailure("commit", error) : ofWholeGroup(error);
      }
    }
    return verdicts;
  };

  return {
    storeInside: (changes) => {
      const encoded = encoder.encode(changes);
      return encoded === null ? REFUSED : store(encoded);
    },
    commitGroup: async (members) => {
      requireWithinLimits(members);
      if (closed) throw closedFailure("commit");
      const group = run(members);
      running = group.catch(() => null);
      return group;
    },
    close: async () => {
      closed = true;
      await running;
    },
  };
};
