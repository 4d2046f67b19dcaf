import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandRefused } from "../../src/app/cli/command-refused.ts";
import { receiptCommand } from "../../src/app/cli/receipt.ts";
import { SECOND } from "../../src/domain/shared/instant.ts";
import { sequence, tell } from "../support/audit-log.ts";
import { codeOf, type TestServer, testServer } from "../support/http.ts";
import { verifyProof } from "../support/log-verifier.ts";
import { receiptOf } from "../support/receipts.ts";
import { reworded, thiefOf } from "../support/stolen-key.ts";

interface Proof {
  readonly leaf: string;
  readonly tlog_proof: string;
  readonly payload: { readonly salt: string; readonly details: string };
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gonogo-proofs-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const written = async (name: string, text: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
};

/** What the offline command says of a receipt, or why it refuses. */
const verify = async (receipt: string, ...args: readonly string[]): Promise<string> => {
  const said: string[] = [];
  try {
    await receiptCommand(
      "verify",
      [await written("receipt.txt", receipt), ...args],
      (text) => void said.push(text),
    );
    return said.join("\n");
  } catch (failure) {
    if (failure instanceof CommandRefused) return failure.message;
    throw failure;
  }
};

const textFrom = async (server: TestServer, path: string, token?: string): Promise<string> => {
  const response = await server.request("GET", path, token === undefined ? {} : { token });
  expect([path, response.status]).toEqual([path, 200]);
  return response.text();
};

/** A decision in the log, with all that its person can get to check it elsewhere. */
const scene = async () => {
  const server = await testServer();
  await tell(server, 3);
  const { token } = await server.signIn("ada@example.org");
  const receipt = await receiptOf(server, token);
  const { data } = await server.client(token).GET("/v1/consents/current");
  const consent = data?.consent ?? expect.unreachable();
  await tell(server, 300);
  await sequence(server);
  const proof = await textFrom(server, `/v1/consents/${consent.id}/receipt/proof`, receipt);
  const logKeys = await textFrom(server, "/audit/keys");
  const proofFile = await written("proof.json", proof);
  const logKeysFile = await written("log-keys.txt", logKeys);
  /** The keys as they are published now. */
  const jwks = async () => written("keys.json", await textFrom(server, "/.well-known/jwks.json"));
  const withProof = async (file = proofFile) => [
    ...["--jwks", await jwks(), "--proof", file, "--log-keys", logKeysFile],
  ];
  return { server, token, receipt, consent, proof: JSON.parse(proof) as Proof, logKeys, jwks, withProof };
};

const THEFT = 10 * SECOND;

describe("a receipt and its proof", () => {
  test("are checked by a stranger's code: the entry in the tree commits to the receipt's very words", async () => {
    const { receipt, consent, proof, logKeys } = await scene();
    await verifyProof(proof.tlog_proof, proof.leaf, logKeys.trim());
    const leaf = JSON.parse(proof.leaf);
    const payload = Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString();
    expect(leaf.id).toBe(payload.match(/"gonogo:auditEntry":"urn:uuid:([0-9a-f-]{36})"/)?.[1]);
    const hash = async (text: string) =>
      Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(text))).toString("base64url");
    const { salt, details } = proof.payload;
    expect(leaf.payload).toBe(await hash(salt + JSON.stringify({ details })));
    expect(JSON.parse(details)).toMatchObject({ purposes: ["marketing"], receipt_hash: await hash(payload) });
    expect(JSON.stringify(proof)).not.toContain(consent.subject);
  });

  test("are checked offline by the command, which says where the log tells of it", async () => {
    const { receipt, consent, withProof } = await scene();
    const said = await verify(receipt, ...(await withProof()));
    expect(said).toMatch(
      /^genuine {7}signed with the key [\w-]{43}\nin the log {4}entry \d+ of \d+ at localhost\/audit, made at /,
    );
    expect(said).toContain(`made at ${consent.timestamp}\n`);
  });

  test("do not fit each other when one of them is another's, or was changed", async () => {
    const { server, receipt, proof, logKeys, jwks, withProof } = await scene();
    const { token } = await server.signIn("bob@example.org");
    const other = await receiptOf(server, token);
    expect(await verify(other, ...(await withProof()))).toContain("proves another entry of the log");
    const changed = async (over: Partial<Proof>) =>
      verify(
        receipt,
        ...(await withProof(await written("changed.json", JSON.stringify({ ...proof, ...over })))),
      );
    const lines = proof.tlog_proof.split("\n");
    const swapped = [...lines.slice(0, 2), lines[3], lines[2], ...lines.slice(4)].join("\n");
    const wrong = [
      [
        { leaf: proof.leaf.replace("consent.recorded", "consent.withdrawn") },
        "does not lead to a checkpoint",
      ],
      [{ tlog_proof: swapped }, "does not lead to a checkpoint"],
      [{ tlog_proof: proof.tlog_proof.replace(/index \d+/, "index 1") }, "does not lead to a checkpoint"],
      [{ tlog_proof: proof.tlog_proof.replace("@v1", "@v2") }, "does not lead to a checkpoint"],
      [{ tlog_proof: "" }, "does not lead to a checkpoint"],
      [{ payload: { ...proof.payload, salt: "A".repeat(22) } }, "the entry tells of another receipt"],
      [{ payload: { ...proof.payload, details: "{}" } }, "the entry tells of another receipt"],
      [{ payload: null as never }, "The file after --proof is none"],
    ] as const;
    for (const [over, said] of wrong)
      expect([over, await changed(over)]).toEqual([over, expect.stringContaining(said)]);

    const [name = "", id = ""] = logKeys.split("+");
    const stranger = await written(
      "stranger.txt",
      `${name}+${id}+${Buffer.alloc(33, 1).toString("base64")}\n`,
    );
    const proofFile = join(folder, "proof.json");
    expect(
      await verify(receipt, "--jwks", await jwks(), "--proof", proofFile, "--log-keys", stranger),
    ).toContain("There are no verifier keys");
    expect(await verify(receipt, "--jwks", await jwks(), "--proof", proofFile)).toStartWith(
      "receipt verify FILE",
    );
  });

  test("of another person are not found, and neither is one that is not in the log yet", async () => {
    const { server, consent } = await scene();
    const { token } = await server.signIn("bob@example.org");
    const receipt = await receiptOf(server, token);
    const { data } = await server.client(token).GET("/v1/consents/current");
    for (const [id, bearer] of [
      [consent.id, token],
      [data?.consent?.id ?? "", receipt],
      [crypto.randomUUID(), token],
    ] as const) {
      const response = await server.request("GET", `/v1/consents/${id}/receipt/proof`, { token: bearer });
      expect([response.status, await codeOf(response)]).toEqual([404, "not-found"]);
    }
  });
});

describe("a signing key that leaked", () => {
  const stolen = async () => {
    const all = await scene();
    const thief = await thiefOf(all.server, all.receipt);
    const { subject } = await all.server.signIn("bob@example.org").then(async ({ token }) => {
      const { data } = await all.server.client(token).GET("/v1/sessions/current");
      return data ?? expect.unreachable();
    });
    all.server.pass(THEFT);
    const revoked = await all.server.documentKeys.revoke(thief.kid);
    expect(revoked.outcome).toBe("revoked");
    return { ...all, thief, subject: String(subject) };
  };

  test("gives nobody's rights to a thief, while every receipt that we gave still speaks for its person", async () => {
    const { server, token, receipt, consent, thief } = await stolen();
    const forged = [
      await thief.sign(reworded(receipt, consent.subject, crypto.randomUUID())),
      await thief.sign(reworded(receipt, '"settings"', '"banner"')),
      await thief.sign(reworded(receipt, "gonogo:auditEntry", "gonogo:auditentry")),
      ...(await Promise.all([null, 7, [], { "dpv:hasRecordOfActivity": [null] }].map(thief.sign))),
      await thief.signText("no JSON"),
    ];
    for (const each of forged) {
      const response = await server.request("GET", "/v1/consents/current", { token: each });
      expect([response.status, await codeOf(response)]).toEqual([401, "credential-invalid"]);
    }
    const withdrawn = await server.request("POST", "/v1/consents/withdrawals", {
      token: receipt,
      json: { purposes: ["marketing"] },
    });
    expect(withdrawn.status).toBe(201);
    // The person may have it anew, under the key that signs now.
    const { data } = await server
      .client(token)
      .GET("/v1/consents/{id}/receipt", { params: { path: { id: consent.id } } });
    expect(data?.receipt.split(".")[1]).toBe(receipt.split(".")[1] ?? "");
    expect(data?.receipt.split(".")[0]).not.toBe(receipt.split(".")[0] ?? "");
  });

  test("is not among the keys any more, so that who knows nothing of us refuses too, and is named as revoked", async () => {
    const { server, thief } = await stolen();
    const { keys, revoked } = JSON.parse(await textFrom(server, "/.well-known/jwks.json"));
    expect(keys.map(({ kid }: { kid: string }) => kid)).not.toContain(thief.kid);
    expect(revoked).toEqual([
      expect.objectContaining({
        kid: thief.kid,
        revoked: { revoked_at: Math.floor(server.deps.clock.now() / SECOND), reason: "compromised" },
      }),
    ]);
  });

  test("proves nothing offline; with its proof, a receipt is told apart from what the thief signs", async () => {
    const { receipt, consent, thief, jwks, withProof } = await stolen();
    expect(await verify(receipt, "--jwks", await jwks())).toMatch(
      /^Refused: the key [\w-]{43} leaked and was revoked at 2026-.*give its proof \(--proof\)\.$/,
    );
    const older = await verify(receipt, ...(await withProof()));
    expect(older).toStartWith(
      `older         than the leak of its key ${thief.kid}, which was revoked at 2026-`,
    );
    expect(older).toContain(`\nin the log    entry `);
    const forged = await thief.sign(reworded(receipt, consent.subject, crypto.randomUUID()));
    expect(await verify(forged, "--jwks", await jwks())).toStartWith("Refused: the key ");
    expect(await verify(forged, ...(await withProof()))).toBe(
      "Refused: the proof does not hold: the entry tells of another receipt, or not of which: these words are not in the log.",
    );
  });

  test("makes nothing older than it is: what the log tells of later is refused", async () => {
    const { server, token, thief, jwks } = await stolen();
    const later = await receiptOf(server, token);
    const copied = await thief.sign(reworded(later, "settings", "settings"));
    await sequence(server);
    const { data } = await server.client(token).GET("/v1/consents/current");
    const proof = await textFrom(server, `/v1/consents/${data?.consent?.id}/receipt/proof`, later);
    const response = await server.request("GET", "/v1/consents/current", { token: copied });
    expect([response.status, await codeOf(response)]).toEqual([401, "credential-invalid"]);
    const args = ["--proof", await written("later.json", proof), "--log-keys", join(folder, "log-keys.txt")];
    expect(await verify(copied, "--jwks", await jwks(), ...args)).toContain("and is no older than that");
    expect(await verify(later, "--jwks", await jwks(), ...args)).toStartWith("genuine ");
  });
});
