import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Compile } from "typebox/schema";
import { CommandRefused } from "../../src/app/cli/command-refused.ts";
import { receiptCommand } from "../../src/app/cli/receipt.ts";
import { receiptWords } from "../../src/app/cli/receipt-words.ts";
import { consentReceipt } from "../../src/domain/consent/receipt.ts";
import { decided } from "../domain/deciding.ts";
import { CONTROLLER, policy } from "../domain/given.ts";
import { KANTARA_SCHEMA } from "../support/kantara-schema.ts";
import { type Environment, spawnCli } from "../support/process.ts";
import { accepted, NOON, testService } from "../support/service.ts";

let folder = "";
let settings: Environment = {};
let receipt = "";
let report = "";
let keys: object = {};

/** Another service altogether gives the receipt: what is checked here knows nothing but files. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gonogo-receipt-"));
  settings = { DATABASE_URL: `sqlite:///${folder}/gonogo.db`, LOG_DIR: "none" };
  const service = await testService();
  const { caller } = await service.signIn("ada@example.org");
  receipt = accepted(
    await service.application.consent.recordConsent(caller, {
      decisions: { marketing: true },
      notice_token: null,
      method: "settings",
    }),
  ).receipt;
  report = await service.deps.documents.sign("report", { a: 1 });
  keys = await service.deps.documents.jwks();
  await writeFile(join(folder, "keys.json"), JSON.stringify(keys));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const written = async (content: string): Promise<string> => {
  const file = join(folder, "receipt.txt");
  await writeFile(file, content);
  return file;
};

/** What the command says, or why it refuses. */
const run = async (verb: string, ...args: readonly string[]): Promise<string> => {
  const said: string[] = [];
  try {
    await receiptCommand(verb, args, (text) => void said.push(text));
    return said.join("\n");
  } catch (failure) {
    if (failure instanceof CommandRefused) return `refused: ${failure.message}`;
    throw failure;
  }
};

const verify = async (content: string, ...args: readonly string[]): Promise<string> =>
  run("verify", await written(content), ...args);

/** The same from the shell, with its exit code. */
const inShell = async (...words: readonly string[]) => {
  const child = spawnCli(settings, "receipt", "verify", ...words);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
};

describe("receipt verify", () => {
  test("says in words what was consented to, from the receipt itself or from an answer that holds it", async () => {
    const answers = [
      receipt,
      `${receipt}\n`,
      JSON.stringify({ consent: {}, receipt }),
      JSON.stringify(receipt),
    ];
    for (const content of answers) {
      const out = await verify(content, "--jwks", join(folder, "keys.json"));
      expect(out).toMatch(/^genuine {7}signed with the key [\w-]{43}\ndecision {6}[0-9a-f-]{36}, at 2026-/);
      expect(out).toContain(
        "  marketing: Marketing\n    for dpv:DirectMarketing with pd:EmailAddress, legal basis eu-gdpr:A6-1-a\n    given at 2026-",
      );
      expect(out).toContain("  functional: Functional\n");
      expect(out).toContain("    refused at 2026-");
      expect(out).toContain("no notice was proved");
      expect(out).not.toContain("ada@example.org");
    }
  });

  test("reads the public keys from where they are served, too", async () => {
    const server = Bun.serve({ port: 0, fetch: () => Response.json(keys) });
    try {
      const url = `http://localhost:${server.port}/.well-known/jwks.json`;
      expect(await verify(receipt, "--jwks", url)).toStartWith("genuine ");
    } finally {
      await server.stop(true);
    }
  });

  test("writes it as Kantara Consent Receipt 1.1 once it was checked", async () => {
    const file = await written(receipt);
    const said = await run("kantara", file, "--jwks", join(folder, "keys.json"));
    expect(JSON.parse(said)).toMatchObject({ version: "KI-CR-v1.1.0", consentTimestamp: NOON / 1_000 });
    expect(Compile(KANTARA_SCHEMA as object).Check(JSON.parse(said))).toBeTrue();
    expect(await run("kantara", await written(report), "--jwks", join(folder, "keys.json"))).toStartWith(
      "refused: ",
    );
  });

  test("refuses what is none, and says why", async () => {
    const jwks = ["--jwks", join(folder, "keys.json")];
    const [header = "", payload = "", signature = ""] = receipt.split(".");
    const turned = (payload[40] === "A" ? "B" : "A") + payload.slice(41);
    const refusals = [
      ["hello", "it is no signed receipt"],
      [`${header}.${payload.slice(0, 40)}${turned}.${signature}`, "its signature does not fit"],
      [report, "it is signed, but it is no consent receipt"],
    ] as const;
    for (const [content, why] of refusals)
      expect(await verify(content, ...jwks)).toStartWith(`refused: Refused: ${why}`);
  });

  test("ends with 0 for what is genuine and with 2 for what is refused; without keys it takes its own", async () => {
    const file = await written(receipt);
    const genuine = await inShell(file, "--jwks", join(folder, "keys.json"));
    expect([genuine.code, genuine.err, genuine.out.slice(0, 7)]).toEqual([0, "", "genuine"]);
    // This installation did not sign it.
    const refused = await inShell(file);
    expect([refused.code, refused.out]).toEqual([2, ""]);
    expect(refused.err).toContain("not among these public keys");
  });

  test("says what it could not read, and how it is used", async () => {
    await writeFile(join(folder, "none.json"), "{}");
    const cases = [
      [["verify", join(folder, "nowhere"), "--jwks", join(folder, "keys.json")], "Not read: "],
      [
        ["verify", join(folder, "none.json"), "--jwks", join(folder, "none.json")],
        "There are no public keys",
      ],
      [["verify", join(folder, "none.json"), "--jwks", "http://localhost:1/"], "Not read: the public keys"],
      [["verify"], "receipt verify FILE"],
      [["verify", "a", "--keys", "b"], "receipt verify FILE"],
      [["sign", "a"], "receipt verify FILE"],
    ] as const;
    for (const [words, said] of cases) {
      const [verb, ...args] = words;
      expect([words, await run(verb, ...args)]).toEqual([words, expect.stringContaining(said)]);
    }
  });
});

describe("a receipt in words", () => {
  test("names controller, officer and notice, and turns control characters into a sign for them", () => {
    const record = decided({}, { decisions: { marketing: true } });
    const words = receiptWords(
      consentReceipt(record, {
        policy: policy(),
        controller: { ...CONTROLLER, name: "Owl\u001b[31m Press\nInc" },
        retentionDays: 1095,
        publicUrl: "https://gonogo.example.org",
        timeText: (instant) => new Date(instant).toISOString(),
      }),
    ).join("\n");
    expect(words).toContain(
      "controller    Owl\uFFFD[31m Press\uFFFDInc, Uilenweg 1, 1000 AA Amsterdam, mailto:privacy@example.org\nofficer       https://example.org/dpo\n",
    );
    expect(words).toContain(`policy version 1, in en, proved by SHA-256 ${"d".repeat(64)}`);
    expect(words).toContain("jurisdiction loc:NL");
    expect(receiptWords({}).join("\n")).toContain("purposes");
  });
});
