// What a ledger keeps of its reading while it grows, and what it must not take for granted.
import { expect, test } from "bun:test";
import { appendFile, readdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { type Instant, plus } from "../../src/domain/shared/instant.ts";
import { LedgerBroken, type LedgerFact } from "../../src/ports/erasure-ledger.ts";
import { ledgersOfEachTest } from "../support/ledgers.ts";
import { ids, NOON } from "../support/records.ts";

const { folder, open } = ledgersOfEachTest();

const restriction = (at: Instant = NOON): LedgerFact => ({ kind: "restriction", subject: ids.subject(), at });

const fileIn = async (where: string, ending: string): Promise<string> => {
  const name = (await readdir(join(folder(), where))).find((each) => each.endsWith(ending));
  if (name === undefined) throw new Error(`there is no ${ending}`);
  return join(folder(), where, name);
};

test("a position is the same for who has asked before and who asks for the first time, whatever the moment", async () => {
  const [asked, other] = [open(), open()];
  const moments = [3, 9, 1, 5, 30, 4].map((after) => plus(NOON, after));
  for (let round = 0; round < 6; round += 1) {
    for (const at of moments) await (round % 2 === 0 ? asked : other).append([restriction(plus(at, round))]);
    for (const before of [plus(NOON, 2), plus(NOON, 40), plus(NOON, 5 + round)]) {
      expect(await asked.position(before)).toBe(await open().position(before));
    }
  }
});

test("a ledger that is cut off where it was read already is refused by the next question", async () => {
  const ledger = open();
  await ledger.append([restriction(), restriction()]);
  await ledger.position(plus(NOON, 1));
  const path = await fileIn("ledger", ".ledger");
  await truncate(path, (await readFile(path, "utf8")).indexOf("\n") + 1);
  const problem = await ledger.position(plus(NOON, 1)).catch((failure: unknown) => failure);
  expect(problem).toBeInstanceOf(LedgerBroken);
});

test("the newest head counts, however many there are before it and whatever a crash left behind it", async () => {
  const ledger = open();
  for (let count = 0; count < 70; count += 1) await ledger.append([restriction()]);
  const heads = await fileIn("heads", ".head");
  expect((await readFile(heads)).length).toBeGreaterThan(2 * 4_096);
  await appendFile(heads, `70 torn${"\n\0".repeat(5_000)}`);
  expect(await open().after(null)).toHaveLength(70);
  const path = await fileIn("ledger", ".ledger");
  const lines = (await readFile(path, "utf8")).split("\n");
  await truncate(path, lines.slice(0, 69).join("\n").length + 1);
  const problem = await open()
    .after(null)
    .catch((failure: unknown) => failure);
  expect(problem).toMatchObject({ problem: "cut-off" });
});

test("values of a fact that a crash kept from the ledger go with the person as well", async () => {
  const ledger = open();
  const [she, he] = [ids.subject(), ids.subject()];
  const name = (subject: typeof she): LedgerFact => ({
    kind: "rectification",
    subject,
    at: NOON,
    identities: [{ kind: "name", value: "Ada" }],
    comments: [],
  });
  await ledger.append([name(he)]);
  await ledger.append([name(she)]);
  const path = await fileIn("ledger", ".ledger");
  await truncate(path, (await readFile(path, "utf8")).indexOf("\n") + 1);
  expect(await readdir(join(folder(), "ledger", "values"))).toHaveLength(2);
  await ledger.forget(she);
  const left = await readdir(join(folder(), "ledger", "values"));
  expect(left).toHaveLength(1);
  expect(left[0]).toStartWith((await ledger.pseudonyms())(he));
});
