import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, runCli, spawnCli } from "../support/process.ts";

const OLD = "the secret key of last year, 32 bytes and more";
const NEW = "the secret key of this year, 32 bytes and more";
const ADMIN = ["admin", "add", "ada@example.org"] as const;

let folder = "";
let settings: Environment = {};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gonogo-keys-"));
  settings = { DATABASE_URL: `sqlite:///${folder}/gonogo.db` };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keyFiles = async (): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith("secret.key")).toSorted();

/** A command that must refuse: what it says, with its exit code. */
const refusal = async (
  environment: Environment,
  ...words: readonly string[]
): Promise<readonly [number, string]> => {
  const child = spawnCli(environment, ...words);
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  return [code, said];
};

describe("keys rotate", () => {
  test("with keys from the environment: says how, rotates, and the old key is not needed", async () => {
    const old = { ...settings, SECRET_KEY: OLD };
    await runCli(old, ...ADMIN);
    const [code, how] = await refusal(old, "keys", "rotate");
    expect(code).toBe(2);
    expect(how).toContain("SECRET_KEY=<new> SECRET_KEY_PREVIOUS=<old>");

    const both = { ...settings, SECRET_KEY: NEW, SECRET_KEY_PREVIOUS: OLD };
    expect(await runCli(both, "keys", "status")).toMatch(
      /SECRET_KEY {2,}no value\n[0-9a-f]{16} {2}SECRET_KEY_PREVIOUS {2,}3 \(1 in identities, 2 in keys\)\nNot every value/,
    );
    const said = await runCli(both, "keys", "rotate");
    expect(said).toMatch(/^encrypted anew {2}3\nverified {8}3 \(1 in identities, 2 in keys\)\nDone\./);
    expect(said).toContain("Backups made before now open with the old key only");

    const alone = { ...settings, SECRET_KEY: NEW };
    expect(await runCli(alone, "keys", "status")).toContain("Every value is under SECRET_KEY.");
    expect(await runCli(alone, ...ADMIN)).toBe("This address is an admin already.\n");
    expect(await keyFiles()).toEqual([]);
  });

  test("with the key in a file: makes another one first, then encrypts with it and deletes the old one", async () => {
    const [code, none] = await refusal(settings, "keys", "rotate");
    expect([code, none]).toEqual([2, expect.stringContaining("There is no key yet")]);
    await runCli(settings, ...ADMIN);
    expect(await runCli(settings, "keys", "rotate")).toContain("restart it first");
    expect(await keyFiles()).toEqual(["secret.key", "secret.key.previous"]);
    // Between the two everything opens.
    expect(await runCli(settings, ...ADMIN)).toBe("This address is an admin already.\n");
    expect(await runCli(settings, "keys", "rotate")).toMatch(
      /^encrypted anew {2}3\n.*\nDone\. .* is deleted\.\n$/,
    );
    expect(await keyFiles()).toEqual(["secret.key"]);
    expect(await runCli(settings, ...ADMIN)).toBe("This address is an admin already.\n");
  });

  test("keeps asking for the old key while a value opens with neither", async () => {
    await runCli({ ...settings, SECRET_KEY: OLD }, ...ADMIN);
    const wrong = {
      ...settings,
      SECRET_KEY: NEW,
      SECRET_KEY_PREVIOUS: "a key that nothing was ever encrypted with",
    };
    const [code, said] = await refusal(wrong, "keys", "rotate");
    expect(code).toBe(2);
    expect(said).toContain("Not finished: 3 values open under neither key (1 in identities, 2 in keys)");
    expect(await runCli(wrong, "keys", "status")).toContain("a key that is not here");
    const same = { ...settings, SECRET_KEY: OLD, SECRET_KEY_PREVIOUS: OLD };
    expect(await refusal(same, "keys", "rotate")).toEqual([
      2,
      "SECRET_KEY and SECRET_KEY_PREVIOUS are the same.\n",
    ]);
    expect(await refusal({ ...settings, SECRET_KEY: NEW }, ...ADMIN)).toEqual([
      2,
      expect.stringContaining("SECRET_KEY is not the one it was encrypted with"),
    ]);
  });
});

describe("keys rotate-signing", () => {
  test("makes another key and says when it takes over", async () => {
    const said = await runCli(settings, "keys", "rotate-signing");
    expect(said).toMatch(
      /^new key {2}[\w-]{43}\nIt is published now and signs from \d{4}-.*Z, .*\n.*destroyed at .*Z;/,
    );
    expect(await runCli(settings, "keys", "rotate-signing")).not.toBe(said);
  });
});
