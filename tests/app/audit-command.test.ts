import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditCommand } from "../../src/app/cli/audit.ts";
import { CommandRefused } from "../../src/app/cli/command-refused.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gonogo-audit-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const refusal = async (verb: string, ...words: readonly string[]): Promise<string> => {
  try {
    await auditCommand(verb, words, () => undefined);
    return "done";
  } catch (failure) {
    if (failure instanceof CommandRefused) return failure.message;
    throw failure;
  }
};

test("words that are not understood are refused, and not passed over", async () => {
  const file = join(folder, "note.txt");
  await writeFile(file, "hello\n");
  const cases = [
    [["verify", "--from"], "Usage: "],
    [["verify", "--form", file], "Usage: "],
    [["verify", `--form=${file}`], "Usage: "],
    [["verify", "--from", file, "more"], "Usage: "],
    [["verify", "--from", file, "--from", file], "Usage: "],
    [["rotate-key", "--from", file], "Usage: "],
    [["prune"], "Usage: "],
    [["verify", "--from", join(folder, "nowhere")], "Not read: "],
    [["verify", `--from=${file}`], "There is no checkpoint, as /audit/checkpoint gives it, in "],
  ] as const;
  for (const [[verb, ...words], said] of cases)
    expect([verb, words, await refusal(verb, ...words)]).toEqual([
      verb,
      words,
      expect.stringContaining(said),
    ]);
});
