// A thousand receipts that are almost one: each must be refused as a credential and by whoever checks it with public keys.
import { describe, expect, test } from "bun:test";
import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import fc from "fast-check";
import { keysOfSet, verifyDocument } from "../../src/adapters/crypto/verify-document.ts";
import { HOUR } from "../../src/domain/shared/instant.ts";
import { testServer } from "../support/http.ts";

const SEED = 27_560;
const MUTANTS = 1_000;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const base64url = (value: string | Uint8Array): string => Buffer.from(value).toString("base64url");
const bytesOf = (part: string): Buffer => Buffer.from(part, "base64url");

const setUp = async () => {
  const server = await testServer();
  const { token } = await server.signIn("ada@example.org");
  const { data } = await server.client(token).POST("/v1/consents", {
    body: { decisions: { marketing: true }, method: "settings" },
  });
  // A second key and another's receipt, to be swapped in.
  server.pass(HOUR);
  await server.documentKeys.rotate();
  server.pass(2 * HOUR);
  const { data: other } = await server.client().POST("/v1/consents", {
    body: { decisions: { functional: true }, method: "api" },
  });
  const report = await server.deps.documents.sign(
    "report",
    JSON.parse(bytesOf(part(data?.receipt, 1)).toString()),
  );
  const { keys } = await server.deps.documents.jwks();
  return { server, receipt: data?.receipt ?? "", other: other?.receipt ?? "", report, keys };
};

const part = (jws: string | undefined, index: number): string => jws?.split(".")[index] ?? "";

type Stage = Awaited<ReturnType<typeof setUp>>;
type Mutation = (stage: Stage, pick: number, more: number) => string;

const withHeader = (jws: string, change: (header: Record<string, unknown>) => object): string => {
  const header = JSON.parse(bytesOf(part(jws, 0)).toString()) as Record<string, unknown>;
  return [base64url(JSON.stringify(change(header))), part(jws, 1), part(jws, 2)].join(".");
};

const withPart = (jws: string, index: number, text: string): string =>
  jws
    .split(".")
    .map((each, at) => (at === index ? text : each))
    .join(".");

/** Turns one bit of one byte of a part. */
const flipped =
  (index: number): Mutation =>
  ({ receipt }, pick, more) => {
    const bytes = bytesOf(part(receipt, index));
    const at = pick % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (more % 8));
    return withPart(receipt, index, base64url(bytes));
  };

const changedPayload = (jws: string, change: (payload: string) => string): string =>
  withPart(jws, 1, base64url(change(bytesOf(part(jws, 1)).toString())));

const hmacBy = (jws: string, key: string | Buffer): string => {
  const input = jws.split(".").slice(0, 2).join(".");
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
};

const signedByAnother = (jws: string): string => {
  const input = jws.split(".").slice(0, 2).join(".");
  const { privateKey } = generateKeyPairSync("ed25519");
  return `${input}.${base64url(signBytes(null, Buffer.from(input), privateKey))}`;
};

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "a bit of the header": flipped(0),
  "a bit of the payload": flipped(1),
  "a bit of the signature": flipped(2),
  "a character": ({ receipt }, pick, more) => {
    const at = pick % receipt.length;
    const letter = ALPHABET[more % ALPHABET.length] ?? "A";
    return receipt.slice(0, at) + (receipt[at] === letter ? "." : letter) + receipt.slice(at + 1);
  },
  "the spare bits of the last character": ({ receipt }, _pick, more) => {
    const last = ALPHABET.indexOf(receipt.at(-1) ?? "");
    return receipt.slice(0, -1) + ALPHABET[last ^ (1 + (more % 15))];
  },
  "the beginning only": ({ receipt }, pick) => receipt.slice(0, pick % receipt.length),
  "the end only": ({ receipt }, pick) => receipt.slice(1 + (pick % (receipt.length - 1))),
  "a part left out": ({ receipt }, pick) =>
    receipt
      .split(".")
      .toSpliced(pick % 3, 1)
      .join("."),
  "a part empty": ({ receipt }, pick) => withPart(receipt, pick % 3, ""),
  "more behind it": ({ receipt }, pick) => receipt + [".", "=", "==", ".AAAA", "A", "%00"][pick % 6],
  "padded base64": ({ receipt }, pick) => withPart(receipt, pick % 3, `${part(receipt, pick % 3)}=`),
  "the other alphabet of base64": ({ receipt }, pick) =>
    withPart(receipt, 2, `${["+", "/"][pick % 2]}${part(receipt, 2).slice(1)}`),
  "no algorithm": ({ receipt }, pick) =>
    withHeader(pick % 2 === 0 ? receipt : withPart(receipt, 2, ""), (header) => ({
      ...header,
      alg: ["none", "None", "NONE", "nOnE", "", null][pick % 6],
    })),
  "HMAC with the public key": ({ receipt, keys }, pick) => {
    const confused = withHeader(receipt, (header) => ({
      ...header,
      alg: ["HS256", "HS384", "HS512"][pick % 3],
    }));
    const x = keys.at(-1)?.x ?? "";
    return hmacBy(confused, [x, bytesOf(x), JSON.stringify(keys.at(-1))][pick % 3] ?? "");
  },
  "another algorithm": ({ receipt }, pick) =>
    withHeader(receipt, (header) => ({
      ...header,
      alg: ["Ed25519", "ES256", "RS256", "PS256", "eddsa", ["EdDSA"]][pick % 6],
    })),
  "the id of another key": ({ receipt, keys }, pick) =>
    withHeader(receipt, (header) => ({
      ...header,
      kid: [keys[0]?.kid, "A".repeat(43), "", null, "../../etc/passwd", keys.at(-1)?.kid.toLowerCase()][
        pick % 6
      ],
    })),
  "another type": ({ receipt }, pick) =>
    withHeader(receipt, (header) => ({
      ...header,
      typ: ["signed-report+jws", "JWT", "consent-receipt", "CONSENT-RECEIPT+JWS", undefined, 7][pick % 6],
    })),
  "a report": ({ report }) => report,
  "a report called a receipt": ({ report }) =>
    withHeader(report, (header) => ({ ...header, typ: "consent-receipt+jws" })),
  "a key of its own": ({ receipt }, pick) => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const jwk = publicKey.export({ format: "jwk" });
    const with_ = [
      { jwk },
      { jku: "https://evil.example/jwks.json" },
      { x5u: "https://evil.example" },
      { crit: ["b64"], b64: false },
    ];
    return signedByAnother(withHeader(receipt, (header) => ({ ...header, ...with_[pick % 4] })));
  },
  "signed with another key": ({ receipt }) => signedByAnother(receipt),
  "the signature of another receipt": ({ receipt, other }) => withPart(receipt, 2, part(other, 2)),
  "the payload of another receipt": ({ receipt, other }) => withPart(receipt, 1, part(other, 1)),
  "the header of another receipt": ({ receipt, other }) => withPart(receipt, 0, part(other, 0)),
  "another person": ({ receipt, other }) => {
    const id = (jws: string) =>
      /"dpv:hasDataSubject":\{"@id":"urn:uuid:([0-9a-f-]+)"/.exec(bytesOf(part(jws, 1)).toString())?.[1] ??
      "";
    return changedPayload(receipt, (payload) => payload.replaceAll(id(receipt), id(other)));
  },
  "a longer validity": ({ receipt }) =>
    changedPayload(receipt, (payload) => payload.replaceAll("2027-", "2099-")),
  "a member more": ({ receipt }, pick) =>
    changedPayload(receipt, (payload) => payload.replace("{", `{"x${pick}":1,`)),
  "a space in the payload": ({ receipt }, pick) =>
    changedPayload(receipt, (payload) => (pick % 2 === 0 ? `${payload} ` : payload.replace(",", ", "))),
  "a space in the header": ({ receipt }) => withPart(receipt, 0, base64url(`${bytesOf(part(receipt, 0))} `)),
  "the same header in another order": ({ receipt }) =>
    withHeader(receipt, (header) => Object.fromEntries(Object.entries(header).toReversed())),
};

describe("a thousand receipts that are almost one", () => {
  test("are refused, each as a credential and with public keys alone; the one itself is not", async () => {
    const stage = await setUp();
    const { server, receipt, keys } = stage;
    const keyOf = keysOfSet({ keys });
    if (keyOf === null) return expect.unreachable();
    const names = Object.keys(MUTATIONS);
    const mutants = new Map<string, string>();
    // Some ways have few outcomes: the others make up for it, until there are a thousand that differ.
    for (const [pick, more] of fc.sample(fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)), {
      numRuns: 10 * MUTANTS,
      seed: SEED,
    })) {
      if (mutants.size === MUTANTS) break;
      const name = names[(pick + more) % names.length] ?? "";
      mutants.set(MUTATIONS[name]?.(stage, pick, more) ?? receipt, name);
    }
    expect(mutants.size).toBe(MUTANTS);
    expect(mutants.has(receipt)).toBe(false);
    expect(new Set(mutants.values()).size).toBe(names.length);
    const accepted: string[] = [];
    for (const [mutant, name] of mutants) {
      const credentials = { bearer: mutant, session_cookie: null, subject_cookie: null };
      if ((await server.application.sessions.authenticate(credentials)).ok)
        accepted.push(`credential: ${name}`);
      if ((await verifyDocument("receipt", mutant, keyOf)).ok) accepted.push(`public keys: ${name}`);
    }
    expect(accepted).toEqual([]);
    expect((await verifyDocument("receipt", receipt, keyOf)).ok).toBe(true);
    expect((await server.request("GET", "/v1/consents/history", { token: receipt })).status).toBe(200);
  });

  test("are refused over HTTP without a word of what they held", async () => {
    const stage = await setUp();
    for (const [name, mutation] of Object.entries(MUTATIONS)) {
      const mutant = mutation(stage, 1, 1);
      const response = await stage.server.request("GET", "/v1/consents/history", { token: mutant });
      const body = await response.text();
      expect([name, response.status]).toEqual([name, 401]);
      if (mutant.length > 20) expect(body).not.toContain(mutant.slice(0, 20));
    }
  });
});
