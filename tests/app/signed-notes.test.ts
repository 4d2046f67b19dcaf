// Known answers of the notes of golang.org/x/mod (sumdb/note), and the shapes of checkpoints that its readers agree on.
import { describe, expect, test } from "bun:test";
import { createPrivateKey, sign } from "node:crypto";
import { verifyEd25519 } from "../../src/adapters/crypto/log-signer.ts";
import { checkpointText, parseCheckpoint } from "../../src/domain/audit/checkpoint.ts";
import {
  noteKeyId,
  openNote,
  parseNote,
  parseVerifierKey,
  verifierKey,
  writeNote,
} from "../../src/domain/audit/signed-note.ts";

const sha256 = (data: Uint8Array): Uint8Array => Bun.CryptoHasher.hash("sha256", data);

const PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const PETERS_SEED = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const BY_PETER =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const BY_ENOCH =
  "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

const keyOf = (text: string) => parseVerifierKey(sha256, text) ?? expect.unreachable();
const [peter, enoch] = [keyOf(PETER), keyOf(ENOCH)];
const open = (note: string, ...keys: readonly (typeof peter)[]) =>
  openNote(sha256, verifyEd25519, note, keys);

describe("a verifier key", () => {
  test("is read, written again, and has the known id", () => {
    for (const text of [PETER, ENOCH]) expect(verifierKey(sha256, keyOf(text))).toBe(text);
    expect(noteKeyId(sha256, peter).toHex()).toBe("c74f20a3");
  });

  test("is none when a part of it is missing, a character is another, or its bytes are no Ed25519 key", () => {
    const wrong = [
      ...Array.from(PETER, (_, from) => PETER.slice(from + 1)),
      ...Array.from(PETER, (_, to) => PETER.slice(0, to)),
      ...Array.from(
        PETER,
        (character, at) =>
          `${PETER.slice(0, at)}${String.fromCharCode(character.charCodeAt(0) + 1)}${PETER.slice(at + 1)}`,
      ),
      "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
      "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ];
    expect(wrong.filter((text) => parseVerifierKey(sha256, text) !== null)).toEqual([]);
  });
});

describe("a note", () => {
  test("is signed to the letter as others sign it", () => {
    const der = Buffer.concat([
      Buffer.from("302e020100300506032b657004220420", "hex"),
      Buffer.from(PETERS_SEED, "base64"),
    ]);
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const signature = new Uint8Array(sign(null, Buffer.from(TEXT), key));
    expect(writeNote(sha256, TEXT, [{ key: peter, signature }])).toBe(`${TEXT}\n${BY_PETER}`);
  });

  test("opens with one known key or with both, and not with none", () => {
    const both = `${TEXT}\n${BY_PETER}${BY_ENOCH}`;
    expect([open(both, peter), open(both, enoch), open(both, peter, enoch)]).toEqual([TEXT, TEXT, TEXT]);
    expect(open(both)).toBeNull();
    expect(open(`${TEXT}\n${BY_ENOCH}`, peter)).toBeNull();
    expect(parseNote(`${TEXT}\n${BY_PETER.repeat(101)}`)).toBeNull();
  });

  test("is refused when the signature of a known key is wrong, whoever else has signed", () => {
    const wrong = `${BY_PETER.slice(0, 60)}ABCD${BY_PETER.slice(60)}`;
    const otherText = TEXT.replace("answer", "Answer");
    expect(open(`${TEXT}\n${wrong}${BY_ENOCH}`, peter, enoch)).toBeNull();
    expect(open(`${otherText}\n${BY_PETER}`, peter)).toBeNull();
    // A key that nobody knows says nothing.
    expect(open(`${TEXT}\n${BY_PETER.replace("x08g", "xxxx")}${BY_ENOCH}`, peter, enoch)).toBe(TEXT);
    expect(open(`${TEXT}\n${BY_PETER.replace("PeterNeumann", "CarmenSandiego")}`, peter)).toBeNull();
  });

  test.each([
    ["no signature", TEXT],
    ["no line of a signature", `${TEXT}\n`],
    ["no end of the last line", `${TEXT}\n${BY_PETER.slice(0, -1)}`],
    ["a control character", `\u0001${TEXT}\n${BY_PETER}`],
    ["half a surrogate", `\ud800${TEXT}\n${BY_PETER}`],
    ["a space in a name", `${TEXT}\n${BY_PETER.replace("PeterNeumann", "Bad Name")}`],
    ["another line at the end", `${TEXT}\n${BY_PETER}Unexpected line.\n`],
  ])("is none with %s", (_, note) => {
    expect([parseNote(note), open(note, peter)]).toEqual([null, null]);
  });
});

describe("a checkpoint", () => {
  const ROOT = Buffer.from("the view from the tree tops is.!").toString("base64");

  test.each([
    ["one", `Log\n123\n${ROOT}\n`, ["Log", 123]],
    ["of an empty tree", `Log\n0\n${ROOT}\n`, ["Log", 0]],
    ["with a line of extension", `Banana\n9944\n${ROOT}\nSome associated data.\n`, ["Banana", 9944]],
    ["with several", `Log\n9944\n${ROOT}\nlots\nof\nlines\n`, ["Log", 9944]],
    ["too few lines", "Head\n9944\n", null],
    ["no origin", `\n9944\n${ROOT}\n`, null],
    ["no end of the root's line", `Log\n123\n${ROOT}`, null],
    ["an empty extension", `Log\n123\n${ROOT}\n\n`, null],
    ["no number", `Log\nbananas\n${ROOT}\n`, null],
    ["a negative size", `Log\n-34\n${ROOT}\n`, null],
    ["a leading zero", `Log\n0123\n${ROOT}\n`, null],
    ["a size that no number holds", `Log\n3438945738945739845734895735\n${ROOT}\n`, null],
    ["no base64", "Log\n123\nThisIsn'tBase64\n", null],
    ["a root that is no SHA-256", "Log\n123\nYmFuYW5hcw==\n", null],
  ] as const)("is read, or is none: %s", (_, text, expected) => {
    const found = parseCheckpoint(text);
    expect(found === null ? null : [found.origin, found.size]).toEqual(expected as never);
    if (found !== null) expect(text).toStartWith(checkpointText(found));
  });
});
