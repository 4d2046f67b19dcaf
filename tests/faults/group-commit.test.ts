import { describe, expect, test } from "bun:test";
import { type GroupReport, groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import type { Changes } from "../../src/domain/shared/changes.ts";
import {
  GROUP_MEMBERS_MAX,
  GROUP_ROWS_MAX,
  type GroupStore,
  type Verdict,
} from "../../src/ports/group-store.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { anEntry, changes, insert } from "../support/records.ts";

/** A store whose groups wait until they are answered by hand. */
const manualStore = () => {
  const groups: {
    readonly members: readonly Changes[];
    answer(verdicts?: readonly Verdict[]): void;
    fail(reason: unknown): void;
  }[] = [];
  const store: GroupStore = {
    commitGroup: (members) =>
      new Promise((resolve, reject) => {
        groups.push({
          members,
          answer: (verdicts = members.map(() => ({ type: "stored" }))) => resolve(verdicts),
          fail: reject,
        });
      }),
  };
  /** The group that is handed over as number `index`, once it is. */
  const group = async (index: number) => {
    for (;;) {
      const found = groups[index];
      if (found !== undefined) return found;
      await new Promise((resume) => setImmediate(resume));
    }
  };
  return { store, groups, group };
};

const aCommit = (): Changes => changes([insert("comments")]);

const ofRows = (rows: number): Changes => changes(Array.from({ length: rows - 1 }, () => insert("comments")));

const failureOf = async (commit: Promise<unknown>): Promise<StorageFailure> => {
  const reason = await commit.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(reason instanceof StorageFailure)) throw new Error("expected a StorageFailure");
  return reason;
};

describe("groups", () => {
  test("what arrives while a group is being stored forms the next one, in order of arrival", async () => {
    const { store, groups, group } = manualStore();
    const unitOfWork = groupCommit(store);
    const first = aCommit();
    const later = Array.from({ length: 20 }, aCommit);
    const answers = [unitOfWork.commit(first)];
    const running = await group(0);
    answers.push(...later.map((each) => unitOfWork.commit(each)));
    expect(groups).toHaveLength(1);
    running.answer();
    const next = await group(1);
    expect(running.members).toEqual([first]);
    expect(next.members).toEqual(later);
    next.answer();
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true);
  });

  test("a lone commit is handed over without waiting for company", async () => {
    const { store, groups } = manualStore();
    const commit = groupCommit(store).commit(aCommit());
    await new Promise((resume) => setImmediate(resume));
    expect(groups).toHaveLength(1);
    groups[0]?.answer();
    expect(await commit).toEqual({ ok: true, value: null });
  });

  test(`no group has more than ${GROUP_MEMBERS_MAX} members`, async () => {
    const { store, groups, group } = manualStore();
    const unitOfWork = groupCommit(store);
    const answers = Array.from({ length: 2 * GROUP_MEMBERS_MAX + 1 }, () => unitOfWork.commit(aCommit()));
    for (const index of [0, 1, 2]) (await group(index)).answer();
    await Promise.all(answers);
    expect(groups.map(({ members }) => members.length)).toEqual([GROUP_MEMBERS_MAX, GROUP_MEMBERS_MAX, 1]);
  });

  test(`no group has more than ${GROUP_ROWS_MAX} rows, and nobody overtakes a large one`, async () => {
    const { store, groups, group } = manualStore();
    const unitOfWork = groupCommit(store);
    const sizes = [1_000, 1_000, 100, 2_000, 2];
    const answers = sizes.map((rows) => unitOfWork.commit(ofRows(rows)));
    for (const index of [0, 1, 2]) (await group(index)).answer();
    await Promise.all(answers);
    const rowsOf = ({ writes, audit }: Changes) => writes.length + audit.length;
    expect(groups.map(({ members }) => members.map(rowsOf))).toEqual([[1_000, 1_000], [100], [2_000, 2]]);
  });

  test("a decision larger than a group is refused at once, and costs nobody else anything", async () => {
    const { store, group } = manualStore();
    const unitOfWork = groupCommit(store);
    const failure = await failureOf(unitOfWork.commit(ofRows(GROUP_ROWS_MAX + 1)));
    expect(failure).toMatchObject({ kind: "refused", stored: "no" });
    expect(failure.operation).toContain(String(GROUP_ROWS_MAX + 1));
    const largest = unitOfWork.commit(ofRows(GROUP_ROWS_MAX));
    (await group(0)).answer();
    expect((await largest).ok).toBe(true);
  });
});

describe("verdicts", () => {
  test("each member gets its own", async () => {
    const { store, group } = manualStore();
    const unitOfWork = groupCommit(store);
    const commits = Array.from({ length: 5 }, () => unitOfWork.commit(aCommit()));
    (await group(0)).answer([
      { type: "stored" },
      { type: "conflict" },
      { type: "refused", sqlState: "23514" },
      { type: "stored" },
      { type: "refused", sqlState: "55P03" },
    ]);
    const settled = await Promise.allSettled(commits);
    expect(settled.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
    ]);
    expect(await commits[0]).toEqual({ ok: true, value: null });
    expect(await commits[1]).toEqual({ ok: false, error: { type: "conflict" } });
    const [, , third, , fifth] = commits as [...Promise<unknown>[]];
    expect(await failureOf(third as Promise<unknown>)).toMatchObject({
      kind: "refused",
      stored: "no",
      sqlState: "23514",
    });
    expect(await failureOf(fifth as Promise<unknown>)).toMatchObject({
      kind: "overloaded",
      stored: "no",
      sqlState: "55P03",
    });
  });

  test("a member without one is told that nothing is known", async () => {
    const { store, group } = manualStore();
    const unitOfWork = groupCommit(store);
    const commits = [unitOfWork.commit(aCommit()), unitOfWork.commit(aCommit())] as const;
    (await group(0)).answer([{ type: "stored" }]);
    expect((await commits[0]).ok).toBe(true);
    expect(await failureOf(commits[1])).toMatchObject({ kind: "lost", stored: "unknown" });
  });

  test.each(["no", "unknown"] as const)(
    "a group that is lost (stored: %s) rejects its members and no others",
    async (stored) => {
      const { store, group } = manualStore();
      const unitOfWork = groupCommit(store);
      const lost = [unitOfWork.commit(aCommit()), unitOfWork.commit(aCommit())];
      const running = await group(0);
      const next = unitOfWork.commit(aCommit());
      running.fail(new StorageFailure("lost", stored, "commit"));
      for (const each of lost) expect(await failureOf(each)).toMatchObject({ kind: "lost", stored });
      (await group(1)).answer();
      expect((await next).ok).toBe(true);
    },
  );

  test("a store that throws instead of rejecting stops nobody either", async () => {
    let calls = 0;
    const unitOfWork = groupCommit({
      commitGroup: (members) => {
        calls += 1;
        if (calls === 1) throw new RangeError("a bug");
        return Promise.resolve(members.map(() => ({ type: "stored" })));
      },
    });
    await expect(unitOfWork.commit(aCommit())).rejects.toThrow("a bug");
    expect((await unitOfWork.commit(aCommit())).ok).toBe(true);
  });
});

describe("a full queue", () => {
  test("refuses what comes over it, certainly not stored, and serves everybody it admitted", async () => {
    const { store, group } = manualStore();
    const unitOfWork = groupCommit(store, { waitingMembersMax: 3 });
    const running = unitOfWork.commit(aCommit());
    const first = await group(0);
    const waiting = Array.from({ length: 3 }, () => unitOfWork.commit(aCommit()));
    expect(await failureOf(unitOfWork.commit(aCommit()))).toMatchObject({ kind: "overloaded", stored: "no" });
    first.answer();
    const second = await group(1);
    expect(second.members).toHaveLength(3);
    const late = unitOfWork.commit(aCommit());
    second.answer();
    (await group(2)).answer();
    expect((await Promise.all([running, ...waiting, late])).every(({ ok }) => ok)).toBe(true);
  });

  test("is full by rows too", async () => {
    const { store, group } = manualStore();
    const unitOfWork = groupCommit(store, { waitingRowsMax: 1_000 });
    const running = unitOfWork.commit(aCommit());
    const first = await group(0);
    const large = unitOfWork.commit(ofRows(900));
    expect(await failureOf(unitOfWork.commit(ofRows(101)))).toMatchObject({
      kind: "overloaded",
      stored: "no",
    });
    const small = unitOfWork.commit(ofRows(100));
    first.answer();
    (await group(1)).answer();
    expect((await Promise.all([running, large, small])).every(({ ok }) => ok)).toBe(true);
  });
});

describe("a store that is held up", () => {
  test("is waited for so long and no longer; what has not been handed over is certainly not stored", async () => {
    const { store, groups, group } = manualStore();
    const unitOfWork = groupCommit(store, { waitingMsMax: 200 });
    const running = unitOfWork.commit(aCommit());
    const first = await group(0);
    for (let round = 0; round < 2; round += 1) {
      const waiting = [unitOfWork.commit(aCommit()), unitOfWork.commit(aCommit())];
      for (const each of waiting) {
        expect(await failureOf(each)).toMatchObject({ kind: "overloaded", stored: "no" });
      }
      expect(unitOfWork.waiting()).toBe(0);
    }
    first.answer();
    // Who was handed over is waited for, however long it takes.
    expect((await running).ok).toBe(true);
    const after = unitOfWork.commit(aCommit());
    (await group(1)).answer();
    expect((await after).ok).toBe(true);
    expect(groups.map(({ members }) => members.length)).toEqual([1, 1]);
  });

  test("gives back the room of those who went", async () => {
    const { store, group } = manualStore();
    const unitOfWork = groupCommit(store, { waitingMsMax: 200, waitingRowsMax: 100, waitingMembersMax: 1 });
    const running = unitOfWork.commit(aCommit());
    const first = await group(0);
    await failureOf(unitOfWork.commit(ofRows(100)));
    const later = unitOfWork.commit(ofRows(100));
    first.answer();
    (await group(1)).answer();
    expect((await Promise.all([running, later])).every(({ ok }) => ok)).toBe(true);
  });
});

describe("closing", () => {
  test("answers everybody who was admitted, and refuses whoever comes after", async () => {
    const { store, group } = manualStore();
    const unitOfWork = groupCommit(store);
    const admitted = [unitOfWork.commit(aCommit())];
    const first = await group(0);
    admitted.push(unitOfWork.commit(aCommit()));
    let closed = false;
    const closing = unitOfWork.close().then(() => {
      closed = true;
    });
    expect(await failureOf(unitOfWork.commit(aCommit()))).toMatchObject({ kind: "closed", stored: "no" });
    first.answer();
    const second = await group(1);
    expect(closed).toBe(false);
    second.answer();
    await closing;
    expect((await Promise.all(admitted)).every(({ ok }) => ok)).toBe(true);
    await unitOfWork.close();
  });

  test("nothing under way, nothing to wait for", async () => {
    await groupCommit(manualStore().store).close();
  });
});

describe("metrics", () => {
  test("tell how many wait, and not those that are being stored", async () => {
    const { store, group } = manualStore();
    const unitOfWork = groupCommit(store);
    const commits = [unitOfWork.commit(aCommit())];
    const first = await group(0);
    commits.push(unitOfWork.commit(aCommit()), unitOfWork.commit(aCommit()));
    expect(unitOfWork.waiting()).toBe(2);
    first.answer();
    (await group(1)).answer();
    await Promise.all(commits);
    expect(unitOfWork.waiting()).toBe(0);
  });

  test("tell of every group, also of one that was lost", async () => {
    const { store, group } = manualStore();
    const reports: GroupReport[] = [];
    const unitOfWork = groupCommit(store, { onGroup: (report) => reports.push(report) });
    const stored = [unitOfWork.commit(aCommit()), unitOfWork.commit(changes([], [], [anEntry(), anEntry()]))];
    (await group(0)).answer();
    await Promise.all(stored);
    const lost = failureOf(unitOfWork.commit(aCommit()));
    (await group(1)).fail(new StorageFailure("lost", "no", "commit"));
    await lost;
    await unitOfWork.close();
    expect(reports).toMatchObject([
      { members: 2, rows: 4, answered: true },
      { members: 1, rows: 2, answered: false },
    ]);
  });
});
