import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { openMemory } from "../../../src/adapters/memory/open-memory.ts";
import type { AuditEntry } from "../../../src/domain/audit/audit-entry.ts";
import type { IdentityKind } from "../../../src/domain/personal-data/identity.ts";
import type { Changes, Expectation, Write } from "../../../src/domain/shared/changes.ts";
import type { Verdict } from "../../../src/ports/group-store.ts";
import type { Store } from "../../../src/ports/store.ts";
import { anEntry, insert, subjectId } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

/** A small world, so that decisions meet: few records, few versions, few unique values. */
interface World {
  readonly people: readonly ReturnType<typeof subjectId>[];
  readonly keys: readonly string[];
  readonly hashes: readonly string[];
}

const newWorld = (): World => ({
  people: [subjectId(), subjectId()],
  keys: [1, 2, 3, 4].map((each) => `${each}-${crypto.randomUUID()}`),
  hashes: [1, 2].map(() => crypto.randomUUID()),
});

/** A decision with places in the world instead of its records, so that one plan can be played in many worlds. */
interface Plan {
  readonly expects: readonly { readonly key: number; readonly version: number | "absent" }[];
  readonly writes: readonly PlannedWrite[];
  /** Sends again the member that was made as the so many-th, when there is one. */
  readonly again: number | null;
}

type PlannedWrite =
  | {
      readonly op: "insert" | "delete" | "update";
      readonly key: number;
      readonly version: number;
      readonly bad: boolean;
    }
  | {
      readonly op: "identify";
      readonly person: number;
      readonly kind: IdentityKind;
      readonly hash: number | null;
    };

const KEYS = 4;
const version = fc.integer({ min: 1, max: 3 });
const plannedWrite: fc.Arbitrary<PlannedWrite> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom("insert" as const, "update" as const, "update" as const, "delete" as const),
      key: fc.nat(KEYS - 1),
      version,
      bad: fc.integer({ min: 0, max: 19 }).map((each) => each === 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("identify" as const),
      person: fc.nat(1),
      kind: fc.constantFrom<IdentityKind>("email", "name", "external_user_id"),
      hash: fc.option(fc.nat(1)),
    }),
  },
);

const plan: fc.Arbitrary<Plan> = fc.record({
  expects: fc.array(
    fc.record({ key: fc.nat(KEYS - 1), version: fc.oneof(version, fc.constant("absent" as const)) }),
    { maxLength: 2 },
  ),
  // A change writes each record at most once.
  writes: fc.uniqueArray(plannedWrite, {
    maxLength: 3,
    selector: (write) => (write.op === "identify" ? `${write.person} ${write.kind}` : String(write.key)),
  }),
  again: fc.option(fc.nat(5), { freq: 6 }),
});

const groups = fc.array(fc.array(plan, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });

const write = (world: World, planned: PlannedWrite): Write => {
  if (planned.op === "identify") {
    return insert("identities", {
      subject_id: world.people[planned.person] ?? subjectId(),
      kind: planned.kind,
      blind_index: (planned.hash === null ? null : world.hashes[planned.hash]) as never,
    });
  }
  const id = world.keys[planned.key] ?? "";
  // Over its limit: refused by the store itself.
  const updated_by = planned.bad ? "x".repeat(101) : "model";
  switch (planned.op) {
    case "insert":
      return insert("system_config", { key: id, updated_by });
    case "update":
      return { op: "update", in: "system_config", id, version: planned.version, set: { updated_by } };
    case "delete":
      return { op: "delete", from: "system_config", id, version: planned.version };
  }
};

const member = (world: World, planned: Plan, earlier: readonly Changes[]): Changes =>
  earlier[planned.again ?? -1] ?? {
    expects: planned.expects.map(
      ({ key, version }): Expectation => ({ in: "system_config", id: world.keys[key] ?? "", version }),
    ),
    writes: planned.writes.map((each) => write(world, each)),
    audit: [anEntry()],
  };

const populate = (world: World): Changes => ({
  expects: [],
  writes: world.people.map((id) => insert("subjects", { id })),
  audit: [anEntry()],
});

/** Everything of a world that is stored. */
const stateOf = async ({ readers }: Store, world: World, entries: readonly AuditEntry[]) => ({
  configuration: await Promise.all(world.keys.map((key) => readers.configuration.byKey(key))),
  identities: await Promise.all(
    world.people.map(async (person) =>
      (await readers.identities.ofSubject(person)).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ),
  ),
  told: await Promise.all(entries.map(async (entry) => (await readers.audit.byId(entry.id)) !== null)),
});

const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, index) =>
        permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
      );

/**
 * A refused value and a conflict in one member: which of them is found first is the store's own. Neither is stored.
 */
const told = (member: Changes, verdict: Verdict["type"] | undefined): string | undefined =>
  verdict !== "stored" && member.writes.some((each) => each.op !== "delete" && overLimit(each))
    ? "lost"
    : verdict;

const overLimit = (write: Exclude<Write, { op: "delete" }>): boolean =>
  "updated_by" in (write.op === "insert" ? write.row : write.set) &&
  JSON.stringify(write.op === "insert" ? write.row : write.set).includes("x".repeat(101));

/** The store against the memory store as its model: some order of the members explains verdicts and state. */
export const modelLaws = (kind: StoreKind, runs: number): void => {
  describe("against the model", () => {
    const h = harness(kind);
    test("every group behaves as its members would one after the other", async () => {
      let played = 0;
      await fc.assert(
        fc.asyncProperty(groups, async (plans) => {
          played += 1;
          const world = newWorld();
          const start = populate(world);
          expect(await h.commitGroup([start])).toEqual(["stored"]);
          const history: (readonly Changes[])[] = [[start]];
          const made: Changes[] = [];
          for (const planned of plans) {
            const members = planned.map((each) => member(world, each, made));
            made.push(...members);
            const entries = made.map((each) => each.audit[0]);
            const verdicts = await h.commitGroup(members);
            const state = await stateOf(h.store(), world, entries);
            const explanation = await explain(history, members, verdicts, state, world, entries);
            expect({ members, verdicts, state, explained: explanation !== null }).toMatchObject({
              explained: true,
            });
            history.push(explanation ?? []);
          }
        }),
        { numRuns: runs },
      );
      expect(played).toBeGreaterThanOrEqual(runs);
    });
  });
};

/** An order of the members in which the model ends as the store did; null when there is none. */
const explain = async (
  history: readonly (readonly Changes[])[],
  members: readonly Changes[],
  verdicts: readonly Verdict["type"][],
  state: Awaited<ReturnType<typeof stateOf>>,
  world: World,
  entries: readonly AuditEntry[],
): Promise<readonly Changes[] | null> => {
  for (const order of permutations(members.map((_, index) => index))) {
    const model = openMemory();
    for (const group of history) await model.groups.commitGroup(group);
    const ordered = order.map((index) => members[index]).filter((each) => each !== undefined);
    const found = (await model.groups.commitGroup(ordered)).map((verdict) => verdict.type);
    const agrees =
      ordered.every((each, at) => told(each, found[at]) === told(each, verdicts[order[at] ?? -1])) &&
      Bun.deepEquals(await stateOf(model, world, entries), state);
    if (agrees) return ordered;
  }
  return null;
};
