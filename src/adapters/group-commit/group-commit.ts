import type { Changes } from "../../domain/shared/changes.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import { GROUP_MEMBERS_MAX, GROUP_ROWS_MAX, type GroupStore, type Verdict } from "../../ports/group-store.ts";
import { type Conflict, StorageFailure, type UnitOfWork } from "../../ports/unit-of-work.ts";

/** One group that came to its end, for metrics. */
export interface GroupReport {
  readonly members: number;
  readonly rows: number;
  /** Between handing the group to the store and its answer. */
  readonly milliseconds: number;
  /** False when the store rejected the group as a whole. */
  readonly answered: boolean;
}

export interface GroupCommitOptions {
  /** Most commits that wait at once; over it they are refused as `overloaded`. */
  readonly waitingMembersMax?: number;
  /** Most rows that wait at once, whatever the number of commits. */
  readonly waitingRowsMax?: number;
  /** How long a commit waits while the store is held up, before it is refused as `overloaded`. */
  readonly waitingMsMax?: number;
  readonly onGroup?: (report: GroupReport) => void;
}

export interface GroupCommit extends UnitOfWork {
  /** Commits that wait for the group under way. */
  waiting(): number;
}

interface Waiting {
  readonly changes: Changes;
  readonly rows: number;
  /** Milliseconds of the process's own clock. */
  readonly since: number;
  readonly resolve: (result: Result<null, Conflict>) => void;
  readonly reject: (reason: unknown) => void;
}

const STORED: Result<null, Conflict> = ok(null);
const CONFLICT: Result<null, Conflict> = err({ type: "conflict" });

/** SQLSTATEs of a member that others held up: its values are sound, and later they may be taken. */
const HELD_UP = /^(40001|40P01|55P03|57014)$/;

const refusal = (sqlState: string | null): StorageFailure =>
  new StorageFailure(HELD_UP.test(sqlState ?? "") ? "overloaded" : "refused", "no", "commit", sqlState);

const answer = ({ resolve, reject }: Waiting, verdict: Verdict | undefined): void => {
  if (verdict === undefined) reject(new StorageFailure("lost", "unknown", "commit: no verdict"));
  else if (verdict.type === "refused") reject(refusal(verdict.sqlState));
  else resolve(verdict.type === "stored" ? STORED : CONFLICT);
};

/**
 * The queue in front of a store: commits that arrive while a group is being stored form the next one, first come, first
 * served. Nobody is kept waiting for company, nor longer than those who asked have patience. A group that the store rejects is answered and the next one goes on.
 */
export const groupCommit = (store: GroupStore, options: GroupCommitOptions = {}): GroupCommit => {
  const { waitingMembersMax = 4_096, waitingRowsMax = 32_768, waitingMsMax = 5_000, onGroup } = options;
  let queue: Waiting[] = [];
  let waitingRows = 0;
  let running: Promise<void> | null = null;
  let closed = false;
  let impatience: NodeJS.Timeout | null = null;

  const leave = (count: number): readonly Waiting[] => {
    const gone = queue.slice(0, count);
    queue = queue.slice(count);
    for (const { rows } of gone) waitingRows -= rows;
    return gone;
  };

  /** Refuses those who have waited too long: they come first, and nothing of theirs has been handed to the store. */
  const refuseLate = (): void => {
    const now = performance.now();
    const patient = queue.findIndex(({ since }) => now - since < waitingMsMax);
    for (const { reject } of leave(patient === -1 ? queue.length : patient)) {
      reject(new StorageFailure("overloaded", "no", "commit"));
    }
    impatience = null;
    watchPatience();
  };

  /** One timer for all: it goes off when whoever comes first now has waited too long. */
  const watchPatience = (): void => {
    const [first] = queue;
    if (first === undefined || impatience !== null) return;
    impatience = setTimeout(refuseLate, waitingMsMax - (performance.now() - first.since) + 1);
  };

  const takeGroup = (): readonly Waiting[] => {
    let rows = 0;
    let count = 0;
    for (const member of queue) {
      if (count === GROUP_MEMBERS_MAX || rows + member.rows > GROUP_ROWS_MAX) break;
      rows += member.rows;
      count += 1;
    }
    return leave(count);
  };

  const runGroup = async (group: readonly Waiting[]): Promise<void> => {
    const started = performance.now();
    let answered = false;
    try {
      const verdicts = await store.commitGroup(group.map(({ changes }) => changes));
      answered = true;
      group.forEach((member, index) => {
        answer(member, verdicts[index]);
      });
    } catch (reason) {
      for (const { reject } of group) reject(reason);
    }
    if (onGroup === undefined) return;
    const report = {
      members: group.length,
      rows: group.reduce((sum, { rows }) => sum + rows, 0),
      milliseconds: performance.now() - started,
      answered,
    };
    // On its own, so that what a metric throws is seen and stops nobody.
    queueMicrotask(() => onGroup(report));
  };

  const run = async (): Promise<void> => {
    do {
      // One turn of the event loop: whoever was just answered, or came in meanwhile, is in the next group.
      await new Promise((resume) => setImmediate(resume));
      const group = takeGroup();
      // Empty when all have waited too long while the process itself stood still.
      if (group.length > 0) await runGroup(group);
    } while (queue.length > 0);
    running = null;
    if (impatience !== null) clearTimeout(impatience);
    impatience = null;
  };

  return {
    commit: (changes) => {
      const rows = changes.writes.length + changes.audit.length;
      if (closed) return Promise.reject(new StorageFailure("closed", "no", "commit"));
      if (rows > GROUP_ROWS_MAX) {
        return Promise.reject(
          new StorageFailure("refused", "no", `commit of ${rows} rows, ${GROUP_ROWS_MAX} at most`),
        );
      }
      if (queue.length >= waitingMembersMax || waitingRows + rows > waitingRowsMax) {
        return Promise.reject(new StorageFailure("overloaded", "no", "commit"));
      }
      return new Promise((resolve, reject) => {
        queue.push({ changes, rows, since: performance.now(), resolve, reject });
        waitingRows += rows;
        watchPatience();
        running ??= run();
      });
    },
    waiting: () => queue.length,
    close: async () => {
      closed = true;
      await running;
    },
  };
};
