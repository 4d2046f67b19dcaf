import { describe, expect, test } from "bun:test";
import { appendFile, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openMemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import type { CommentId, SubjectId } from "../../src/domain/shared/ids.ts";
import { type Instant, plus } from "../../src/domain/shared/instant.ts";
import { type ErasureLedger, LedgerBroken, type LedgerFact } from "../../src/ports/erasure-ledger.ts";
import { LEDGER_SECRET, ledgersOfEachTest } from "../support/ledgers.ts";
import { ids, NOON } from "../support/records.ts";

const SECRET = LEDGER_SECRET;
const LATE = plus(NOON, 1_000_000);
const ADDRESS = "ada.lovelace@example.org";

const { folder, folders, open } = ledgersOfEachTest();

const restriction = (subject: SubjectId, at = NOON): LedgerFact => ({ kind: "restriction", subject, at });
const rectification = (subject: SubjectId, at: Instant = NOON): LedgerFact => ({
  kind: "rectification",
  subject,
  at,
  identities: [{ kind: "email", value: ADDRESS }],
  comments: [{ id: "c" as CommentId, content: "better words" }],
});
const erasure = (subject: SubjectId, at: Instant = NOON): LedgerFact => ({
  kind: "erasure",
  subject,
  at,
  comments: "keep_text",
});

const problemOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "none";
  } catch (failure) {
    if (failure instanceof LedgerBroken) return failure.problem;
    throw failure;
  }
};

/** The only file of the ledger's folder with this ending. */
const fileOf = async (where: string, ending: string): Promise<string> => {
  const name = (await readdir(where)).find((each) => each.endsWith(ending));
  if (name === undefined) throw new Error(`no ${ending} in ${where}`);
  return join(where, name);
};

const KINDS: readonly (readonly [name: string, open: () => ErasureLedger])[] = [
  ["in files", () => open()],
  ["in memory", openMemoryLedger],
];

for (const [name, make] of KINDS) {
  describe(`a ledger ${name}`, () => {
    test("tells what was appended after a position, oldest first, by pseudonym", async () => {
      const ledger = make();
      const [ada, grace] = [ids.subject(), ids.subject()];
      expect(await ledger.isNew()).toBe(true);
      const beginning = await ledger.position(LATE);
      expect(await ledger.isNew()).toBe(false);
      await ledger.append([rectification(ada, plus(NOON, 5)), restriction(grace)]);
      const middle = await ledger.position(LATE);
      await ledger.append([
        { kind: "withdrawal", subject: grace, at: plus(NOON, 2), purposes: ["marketing"] },
        { kind: "unrestriction", subject: grace, at: plus(NOON, 1) },
      ]);
      const pseudonymOf = await ledger.pseudonyms();
      const [a, g] = [pseudonymOf(ada), pseudonymOf(grace)];
      expect(a).not.toContain(ada);
      expect(await ledger.after(middle)).toEqual([
        { kind: "unrestriction", pseudonym: g, at: plus(NOON, 1) },
        { kind: "withdrawal", pseudonym: g, at: plus(NOON, 2), purposes: ["marketing"] },
      ]);
      const all = await ledger.after(beginning);
      expect(all.map(({ kind }) => kind)).toEqual([
        "restriction",
        "unrestriction",
        "withdrawal",
        "rectification",
      ]);
      expect(await ledger.after(null)).toEqual(all);
      expect(all.at(-1)).toEqual({
        kind: "rectification",
        pseudonym: a,
        at: plus(NOON, 5),
        identities: [{ kind: "email", value: ADDRESS }],
        comments: [{ id: "c" as CommentId, content: "better words" }],
      });
      expect(await ledger.after(await ledger.position(LATE))).toEqual([]);
    });

    test("leaves recent facts out of a position that is asked for an earlier moment", async () => {
      const ledger = make();
      await ledger.append([restriction(ids.subject()), restriction(ids.subject(), plus(NOON, 10))]);
      expect(await ledger.after(await ledger.position(plus(NOON, 10)))).toHaveLength(1);
      expect(await ledger.after(await ledger.position(NOON))).toHaveLength(2);
    });

    test("forgets an erased person's values and nobody else's; the facts stay", async () => {
      const ledger = make();
      const [ada, grace] = [ids.subject(), ids.subject()];
      await ledger.append([rectification(ada), rectification(grace)]);
      await ledger.append([erasure(ada)]);
      await ledger.forget(ada);
      await ledger.forget(ada);
      const told = await ledger.after(null);
      expect(told.map((entry) => (entry.kind === "rectification" ? entry.identities.length : null))).toEqual([
        0,
        1,
        null,
      ]);
    });
  });
}

describe("a ledger in files", () => {
  test("is the same for every instance, and for one with the next SECRET_KEY once it was wrapped anew", async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.position(NOON), two.position(NOON)]);
    const ada = ids.subject();
    await Promise.all([one.append([restriction(ada)]), two.append([erasure(ada, plus(NOON, 1))])]);
    expect((await one.pseudonyms())(ada)).toBe((await two.pseudonyms())(ada));
    const next = open("the next secret key for tests, long enough", SECRET);
    expect(await next.rewrap()).toBe(true);
    expect(await next.rewrap()).toBe(false);
    const last = open("the next secret key for tests, long enough");
    expect((await last.after(null)).map(({ kind }) => kind)).toEqual(["restriction", "erasure"]);
    expect((await last.pseudonyms())(ada)).toBe((await one.pseudonyms())(ada));
  });

  test("holds no id, no address and no text in the clear", async () => {
    const ledger = open();
    const ada = ids.subject();
    await ledger.append([rectification(ada), erasure(ada)]);
    const held = await Promise.all(
      (await readdir(folder(), { recursive: true, withFileTypes: true }))
        .filter((each) => each.isFile())
        .map((each) => readFile(join(each.parentPath, each.name), "utf8")),
    );
    expect(held.length).toBeGreaterThan(3);
    for (const text of held) {
      for (const needle of [ada, ADDRESS, "better words"]) expect(text).not.toContain(needle);
    }
    await ledger.forget(ada);
    expect(await readdir(join(folder(), "ledger", "values"))).toEqual([]);
  });

  test("takes a line that a crash cut off for nothing, and goes on in another file", async () => {
    const ledger = open();
    await ledger.append([restriction(ids.subject())]);
    const path = await fileOf(folders().ledger, ".ledger");
    const whole = await readFile(path, "utf8");
    for (const torn of [whole.slice(0, 40), `${whole.slice(0, -9)}\n`, "\0\0\0\0\n\0\0"]) {
      await writeFile(path, whole);
      await appendFile(path, torn);
      expect(await open().after(null)).toHaveLength(1);
    }
    const next = open();
    await next.append([restriction(ids.subject())]);
    expect(await next.after(null)).toHaveLength(2);
  });

  const DAMAGES: readonly (readonly [what: string, problem: string, damage: () => Promise<void>])[] = [
    ["deleted as a whole", "missing", () => rm(folders().ledger, { recursive: true })],
    ["without its files", "cut-off", async () => rm(await fileOf(folders().ledger, ".ledger"))],
    ["emptied", "cut-off", async () => truncate(await fileOf(folders().ledger, ".ledger"), 0)],
    [
      "without its last line",
      "cut-off",
      async () => {
        const path = await fileOf(folders().ledger, ".ledger");
        const lines = (await readFile(path, "utf8")).split("\n");
        await writeFile(path, `${lines.slice(0, -2).join("\n")}\n`);
      },
    ],
    [
      "without its first line",
      "changed",
      async () => {
        const path = await fileOf(folders().ledger, ".ledger");
        const lines = (await readFile(path, "utf8")).split("\n");
        await writeFile(path, lines.slice(1).join("\n"));
      },
    ],
    [
      "with another kind in a line",
      "changed",
      async () => {
        const path = await fileOf(folders().ledger, ".ledger");
        await writeFile(path, (await readFile(path, "utf8")).replace("restriction", "unrestriction"));
      },
    ],
    ["without its heads", "head-missing", () => rm(folders().heads, { recursive: true })],
    [
      "without the values of somebody who was not erased",
      "values-gone",
      () => rm(join(folders().ledger, "values"), { recursive: true }),
    ],
  ];

  for (const [what, problem, damage] of DAMAGES) {
    test(`is refused when it is ${what}`, async () => {
      const ledger = open();
      await ledger.append([restriction(ids.subject()), rectification(ids.subject())]);
      await ledger.append([restriction(ids.subject())]);
      expect(await problemOf(open().after(null))).toBe("none");
      await damage();
      expect(await problemOf(open().after(null))).toBe(problem);
    });
  }

  test("is refused when it is cut off below a position, though its heads are cut off too", async () => {
    const ledger = open();
    await ledger.append([restriction(ids.subject())]);
    const before = await ledger.position(LATE);
    await ledger.append([restriction(ids.subject())]);
    const position = await ledger.position(LATE);
    for (const [where, ending] of [
      [folders().ledger, ".ledger"],
      [folders().heads, ".head"],
    ] as const) {
      const path = await fileOf(where, ending);
      const lines = (await readFile(path, "utf8")).split("\n");
      await writeFile(path, `${lines.slice(0, -2).join("\n")}\n`);
    }
    expect(await problemOf(open().after(before))).toBe("none");
    expect(await problemOf(open().after(position))).toBe("cut-off");
  });

  test("is refused for the database of another ledger", async () => {
    const ledger = open();
    const position = await ledger.position(NOON);
    await rm(folder(), { recursive: true });
    const other = open();
    await other.append([restriction(ids.subject())]);
    expect(await problemOf(other.after(position))).toBe("foreign");
  });

  test("keeps nothing while the place apart cannot be begun, and goes on once it can", async () => {
    const ledger = open();
    await writeFile(join(folder(), "heads"), "a file where the folder should be");
    const failed = await ledger.append([restriction(ids.subject())]).catch((failure: unknown) => failure);
    expect(failed).toBeInstanceOf(Error);
    await rm(join(folder(), "heads"));
    await ledger.append([restriction(ids.subject())]);
    expect(await ledger.after(null)).toHaveLength(1);
  });
});
