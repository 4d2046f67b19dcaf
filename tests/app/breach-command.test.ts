import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepRegister } from "../../src/app/cli/breach.ts";
import { breachWords } from "../../src/app/cli/breach-facts.ts";
import { CommandRefused } from "../../src/app/cli/command-refused.ts";
import { HOUR } from "../../src/domain/shared/instant.ts";
import { spawnCli } from "../support/process.ts";
import { NOON, testService } from "../support/service.ts";

const setUp = async () => {
  const service = await testService();
  /** What the command says, or why it refuses. */
  const breach = async (...words: readonly string[]): Promise<string> => {
    const said: string[] = [];
    try {
      const now = service.deps.clock.now();
      await keepRegister(service.application.breaches, words, now, (text) => void said.push(text));
      return said.join("\n");
    } catch (failure) {
      if (failure instanceof CommandRefused) return `refused: ${failure.message}`;
      throw failure;
    }
  };
  return { service, breach };
};

const ago = (hours: number): string => new Date(NOON - hours * HOUR).toISOString();
const idOf = (said: string): string => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(said)?.[0] ?? "";

const WHOLE = [
  ...["--person-categories", "readers", "--persons", "30", "--record-categories", "addresses"],
  ...["--records", "30", "--contact", "dpo@example.org", "--consequences", "unwanted mail"],
  ...["--measures", "keys changed", "--persons-exemption", "risk_removed"],
];

test("the register is kept from the command line: late first, told of, settled, and in the trail", async () => {
  const { service, breach } = await setUp();
  expect(await breach("list")).toBe("Nothing is open.");
  const fresh = idOf(await breach("add", "--nature", "A wrong address in a mail", "--aware-at", "now"));
  const late = idOf(
    await breach("add", "--nature", "A lost laptop", "--aware-at", ago(80), "--risk", "high"),
  );
  const lines = (await breach("list")).split("\n");
  expect(lines).toEqual([
    `LATE by 8.0 h     ${late}  aware ${ago(80)}  authority: tell the authority   persons: tell those concerned`,
    `72.0 h left       ${fresh}  aware ${ago(0)}  authority: tell the authority   persons: judge the risk`,
  ]);

  const early = await breach("update", late, "--notified-at", "now", "--contact", "dpo@example.org");
  expect(early).toStartWith("refused: Not entered:\n");
  expect(early).toContain("  --measures is needed too\n");
  expect(early).toEndWith("  --late-reason is needed too");
  const told = await breach(
    ...["update", late, "--notified-at", "now", "--late-reason", "Found on a Monday", ...WHOLE],
  );
  expect(told).toContain("authority           told, first told after 72 hours\n");
  expect(told).toContain("persons             need not be told\n");
  expect(told).toContain("contact             named (GET /v1/admin/breaches/");
  const everything = `${told}${await breach("show", late)}${await breach("list", "--all")}`;
  expect(everything).toContain(`\n                  ${late}  aware`);
  expect(everything).not.toContain("dpo@example.org");
  expect((await breach("list")).split("\n")).toEqual([lines[1] ?? "", "1 settled: breach list --all"]);

  const trail = (await service.deps.readers.audit.list(null, 100)).filter(
    ({ resource_type }) => resource_type === "breach",
  );
  expect(trail.map(({ action, details }) => [action, JSON.parse(details ?? "").by])).toEqual([
    ["breach.recorded", "cli"],
    ["breach.recorded", "cli"],
    ["breach.changed", "cli"],
  ]);
});

test("what is refused says what to write", async () => {
  const { breach } = await setUp();
  const nobody = "0198a000-0000-7000-8000-000000000000";
  const cases = [
    [["show", nobody], "refused: There is no breach of this id"],
    [["update", nobody, "--risk", "high"], "refused: There is no breach of this id"],
    [["update", nobody], "refused: Usage"],
    [["show", "that one"], "refused: Usage"],
    [["list", "--open"], "refused: Usage"],
    [["add", "--nature", "x"], "refused: Say at least what happened"],
    [
      ["add", "--nature", "x", "--aware-at", "2999-01-01T00:00:00Z"],
      "refused: Not entered:\n  --aware-at lies in the future",
    ],
    [
      ["add", "--nature", "a \u001b[31mlaptop", "--aware-at", "now"],
      "refused: Not entered:\n  --nature holds a control character",
    ],
    [["frobnicate"], "refused: Usage: bun run cli breach list"],
  ] as const;
  for (const [words, said] of cases)
    expect([words, await breach(...words)]).toEqual([words, expect.stringContaining(said)]);
});

test("ends with exit code 2 in a shell", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-breach-"));
  try {
    const settings = { DATABASE_URL: `sqlite:///${folder}/gonogo.db` };
    const child = spawnCli(settings, "breach", "add", "--nature", "x", "--aware-at", "soon");
    const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    expect([code, said]).toEqual([2, "--aware-at: not a time. Write it as 2026-03-02T12:00:00Z, or now.\n"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

describe("words of a breach", () => {
  const refusalOf = (...words: readonly string[]): string => {
    try {
      breachWords(words, NOON);
      return "taken";
    } catch (failure) {
      if (failure instanceof CommandRefused) return `refused: ${failure.message}`;
      throw failure;
    }
  };

  test("are read by their kind", () => {
    const words = [
      "--persons",
      "12",
      "--risk",
      "high",
      "--data-unintelligible",
      "no",
      "--aware-at",
      "now",
      "id",
    ];
    expect(
      breachWords([...words, "--phase-at", "2026-03-02T11:00:00+01:00", "--told", "a part"], NOON),
    ).toEqual({
      positionals: ["id"],
      facts: {
        persons: 12,
        risk: "high",
        data_unintelligible: false,
        aware_at: NOON,
        phase: { at: NOON - 2 * HOUR, told: "a part" },
      },
    } as never);
  });

  test.each([
    [["--aware-at", "yesterday"], "refused: --aware-at: not a time."],
    [["--notified-at", "2026-02-31"], "refused: --notified-at: not a time."],
    [["--persons", "-1"], "refused: --persons: not a whole number"],
    [["--records", "1e3"], "refused: --records: not a whole number"],
    [["--records", "1000000001"], "refused: --records: not a whole number"],
    [["--risk", "Ada"], "refused: --risk: write one of unlikely, risk, high."],
    [["--data-unintelligible", "maybe"], "refused: --data-unintelligible: write one of yes, no."],
    [["--told", "a part"], "refused: A phase has both"],
    [["--measures"], "refused: --measures: say what."],
    [["--ada@example.org", "x"], "refused: Usage"],
  ])("%j are refused", (words, said) => {
    expect(refusalOf(...words)).toStartWith(said);
    expect(refusalOf(...words)).not.toMatch(/yesterday|Ada|ada@|maybe/);
  });
});
