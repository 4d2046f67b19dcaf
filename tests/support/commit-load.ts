import type { Changes } from "../../src/domain/shared/changes.ts";
import type { CommentId, SubjectId } from "../../src/domain/shared/ids.ts";
import type { Readers, Store } from "../../src/ports/store.ts";
import { StorageFailure, type UnitOfWork } from "../../src/ports/unit-of-work.ts";
import { changes, insert, record } from "./records.ts";

/** What committers fight for; made by `prepareGround`. */
export interface Ground {
  /** Subjects that everybody changes. */
  readonly hot: readonly SubjectId[];
  /** Two subjects each, of which at least one is a moderator at any time: a rule that spans records. */
  readonly pairs: readonly (readonly [SubjectId, SubjectId])[];
  /** A comment's id that everybody wants for a new comment. */
  readonly taken: CommentId;
  readonly audits: readonly string[];
}

/** One commit, and what was said of it. */
export interface Attempt {
  readonly audit: string;
  /** Records it makes. */
  readonly makes: readonly string[];
  /** The record it changes. */
  readonly changes: string | null;
  /** `no` and `unknown`: rejected, and `stored` of the rejection. */
  readonly outcome: "stored" | "conflict" | "no" | "unknown";
  /** Kind and SQLSTATE of the rejection. */
  readonly failure: string | null;
}

export interface Load {
  readonly attempts: readonly Attempt[];
  /** Moments in which a rule was seen broken. */
  readonly violations: readonly string[];
}

interface Decision {
  readonly changes: Changes;
  readonly makes: readonly string[];
  readonly changesRecord: string | null;
}

const pick = <T>(list: readonly T[]): T => {
  const found = list[Math.floor(Math.random() * list.length)];
  if (found === undefined) throw new RangeError("nothing to pick from");
  return found;
};

export const prepareGround = async (store: Store): Promise<Ground> => {
  const makeSubject = async (): Promise<[SubjectId, string]> => {
    const subject = insert("subjects", { role: "moderator" });
    const made = changes([subject]);
    const [verdict] = await store.groups.commitGroup([made]);
    if (verdict?.type !== "stored") throw new Error(`the ground was not stored: ${verdict?.type}`);
    return [subject.row.id, made.audit[0].id];
  };
  const subjects = await Promise.all(Array.from({ length: 9 }, makeSubject));
  const all = subjects.map(([id]) => id);
  const author = all[0] as SubjectId;
  const comment = insert("comments", { subject_id: author });
  const made = changes([comment]);
  await store.groups.commitGroup([made]);
  return {
    hot: all.slice(1, 4),
    pairs: [all.slice(4, 6) as [SubjectId, SubjectId], all.slice(6, 8) as [SubjectId, SubjectId]],
    taken: comment.row.id,
    audits: [...subjects.map(([, audit]) => audit), made.audit[0].id],
  };
};

/** A person and her comment: two writes that stand or fall together. With a taken id the second one loses. */
const post = (id?: CommentId): Decision => {
  const subject = record("subjects");
  const comment = insert("comments", {
    subject_id: subject.id,
    ...(id === undefined ? {} : { id, root_id: id }),
  });
  return {
    changes: changes([{ op: "insert", into: "subjects", row: subject }, comment]),
    makes: id === undefined ? [subject.id, comment.row.id] : [subject.id],
    changesRecord: null,
  };
};

const touch = async (readers: Readers, id: SubjectId): Promise<Decision | null> => {
  const subject = await readers.subjects.byId(id);
  if (subject === null) return null;
  return {
    changes: changes([
      {
        op: "update",
        in: "subjects",
        id,
        version: subject.version,
        set: { updated_at: (subject.updated_at + 1) as never },
      },
    ]),
    makes: [],
    changesRecord: id,
  };
};

/** Whoever sees both on duty sends one home; whoever sees one at home calls her back. Both at home must never be. */
const changeDuty = async (
  readers: Readers,
  pair: readonly [SubjectId, SubjectId],
  violations: string[],
): Promise<Decision | null> => {
  const [one, other] = Math.random() < 0.5 ? pair : ([pair[1], pair[0]] as const);
  const mine = await readers.subjects.byId(one);
  const theirs = await readers.subjects.byId(other);
  const still = await readers.subjects.byId(one);
  // Only what did not move between two looks was true at one moment.
  if (mine === null || theirs === null || still?.version !== mine.version) return null;
  const onDuty = [mine, theirs].filter(({ role }) => role === "moderator");
  if (onDuty.length === 0) {
    violations.push(`both at home: ${one} version ${mine.version}, ${other} version ${theirs.version}`);
    return null;
  }
  const sendsHome = onDuty.length === 2;
  const changed = sendsHome ? mine : mine.role === "moderator" ? theirs : mine;
  const write = {
    op: "update",
    in: "subjects",
    id: changed.id,
    version: changed.version,
    set: { role: sendsHome ? "commenter" : "moderator" },
  } as const;
  return {
    changes: changes([write], sendsHome ? [{ in: "subjects", id: other, version: theirs.version }] : []),
    makes: [],
    changesRecord: changed.id,
  };
};

const decide = async (readers: Readers, ground: Ground, violations: string[]): Promise<Decision | null> => {
  const chance = Math.random();
  if (chance < 0.6) return post();
  if (chance < 0.7) return post(ground.taken);
  if (chance < 0.85) return touch(readers, pick(ground.hot));
  return changeDuty(readers, pick(ground.pairs), violations);
};

const attempt = async (unitOfWork: UnitOfWork, decision: Decision): Promise<Attempt> => {
  const told = {
    audit: decision.changes.audit[0].id,
    makes: decision.makes,
    changes: decision.changesRecord,
    failure: null,
  };
  try {
    const result = await unitOfWork.commit(decision.changes);
    return { ...told, outcome: result.ok ? "stored" : "conflict" };
  } catch (error) {
    if (!(error instanceof StorageFailure)) throw error;
    return { ...told, outcome: error.stored, failure: `${error.kind} ${error.sqlState}` };
  }
};

/** Committers that decide and commit until `until` says so, and note what became of it. */
export const runLoad = async (
  { readers }: Pick<Store, "readers">,
  unitOfWork: UnitOfWork,
  { committers, ground, until }: { committers: number; ground: Ground; until: () => boolean },
): Promise<Load> => {
  const attempts: Attempt[] = [];
  const violations: string[] = [];
  const commitOn = async (): Promise<void> => {
    while (!until()) {
      try {
        const decision = await decide(readers, ground, violations);
        if (decision !== null) attempts.push(await attempt(unitOfWork, decision));
      } catch (error) {
        // A read that failed decides nothing.
        if (!(error instanceof StorageFailure)) throw error;
      }
      await Bun.sleep(Math.random() * 10);
    }
  };
  await Promise.all(Array.from({ length: committers }, commitOn));
  return { attempts, violations };
};

/** What a store holds, read behind its back. */
export interface Held {
  readonly audits: readonly string[];
  readonly comments: readonly string[];
  readonly subjects: readonly { readonly id: string; readonly version: number }[];
}

/** What is wrong between what was answered and what is held; empty when nothing is. */
export const contradictions = (ground: Ground, loads: readonly Load[], held: Held): readonly string[] => {
  const attempts = loads.flatMap((load) => load.attempts);
  const audits = new Set(held.audits);
  const versions = new Map(held.subjects.map(({ id, version }) => [id, version]));
  const records = new Set([...held.comments, ...versions.keys()]);
  const changed = new Map<string, number>();
  for (const each of attempts) {
    if (each.changes !== null && audits.has(each.audit)) {
      changed.set(each.changes, (changed.get(each.changes) ?? 0) + 1);
    }
  }
  const wrong = attempts.flatMap(({ audit, makes, outcome }) => {
    const told = audits.has(audit);
    const there = makes.filter((id) => records.has(id)).length;
    if (there !== (told ? makes.length : 0)) return [`${outcome}, half of it stored: ${audit}`];
    if (outcome === "stored" && !told) return [`acknowledged and gone: ${audit}`];
    if ((outcome === "conflict" || outcome === "no") && told)
      return [`stored in spite of ${outcome}: ${audit}`];
    return [];
  });
  const made = attempts.flatMap(({ makes }) => makes);
  const known = new Set([...attempts.map(({ audit }) => audit), ...ground.audits]);
  return [
    ...wrong,
    ...loads.flatMap(({ violations }) => violations),
    ...[...ground.hot, ...ground.pairs.flat()]
      .filter((id) => versions.get(id) !== 1 + (changed.get(id) ?? 0))
      .map((id) => `version ${versions.get(id)} after ${changed.get(id) ?? 0} told changes: ${id}`),
    ...held.audits.filter((id) => !known.has(id)).map((id) => `told of nothing: ${id}`),
    ...(records.size === made.filter((id) => records.has(id)).length + ground.audits.length
      ? []
      : [`${records.size} records from nowhere or doubled`]),
  ];
};

/** How often each outcome was, for the output of a test. */
export const tally = (loads: readonly Load[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { outcome, failure } of loads.flatMap((load) => load.attempts)) {
    const name = failure === null ? outcome : `${outcome} (${failure})`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};
