import { readFile } from "node:fs/promises";
import {
  type DocumentRefusal,
  keysOfSet,
  type PublicKeyOf,
  verifyDocument,
} from "../../adapters/crypto/verify-document.ts";
import { kantaraReceipt } from "../../domain/consent/kantara-receipt.ts";
import { compose } from "../compose.ts";
import { readSettings } from "../config.ts";
import { CommandRefused } from "./command-refused.ts";
import { receiptWords } from "./receipt-words.ts";

const USAGE =
  "receipt verify FILE [--jwks FILE | --jwks URL]\nreceipt kantara FILE [--jwks FILE | --jwks URL]";

const REFUSED: Readonly<Record<DocumentRefusal, string>> = {
  "not-a-jws": "it is no signed receipt, or a character of it was changed.",
  "algorithm-not-allowed": "it names another algorithm than EdDSA.",
  "header-not-ours": "its header says more or less than ours do.",
  "another-kind": "it is signed, but it is no consent receipt.",
  "key-unknown":
    "the key that it names is not among these public keys. Are they of the service that gave it, and new enough?",
  "signature-wrong":
    "its signature does not fit: it was changed, or never signed with the key that it names.",
};

const TIMEOUT_MS = 10_000;
const LARGEST = 1024 * 1024;

const textOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch (failure) {
    if (failure instanceof Error && "code" in failure)
      throw new CommandRefused(`Not read: ${file} (${failure.code}).`);
    throw failure;
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (failure) {
    if (failure instanceof SyntaxError) return undefined;
    throw failure;
  }
};

/** The receipt itself, or an answer of the service that holds one. */
const receiptIn = (text: string): string => {
  const answer = parsed(text);
  const receipt =
    typeof answer === "object" && answer !== null
      ? (answer as Readonly<Record<string, unknown>>)["receipt"]
      : answer;
  return typeof receipt === "string" ? receipt : text.trim();
};

const fetched = async (url: string): Promise<string> => {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    () => null,
  );
  if (response === null || !response.ok) throw new CommandRefused(`Not read: the public keys at ${url}.`);
  const text = await response.text();
  if (text.length > LARGEST)
    throw new CommandRefused(`Not read: what is at ${url} is no list of public keys.`);
  return text;
};

const keysFrom = async (place: string): Promise<PublicKeyOf> => {
  const keys = keysOfSet(parsed(await (/^https?:\/\//.test(place) ? fetched(place) : textOf(place))));
  if (keys === null) throw new CommandRefused(`There are no public keys (a JWK Set) in ${place}.`);
  return keys;
};

/** The public keys of this very installation. Never where the receipt itself says: a forger would say it too. */
const ownKeys = async (): Promise<PublicKeyOf> => {
  const service = await compose(readSettings(process.env));
  try {
    await service.store.migrator.up();
    return keysOfSet(await service.deps.documents.jwks()) ?? (async () => null);
  } finally {
    await service.close();
  }
};

/**
 * `receipt verify` checks a receipt with public keys alone and says in words what it proves. Refuses (exit code 2) what
 * was not signed with one of them, and says why. `receipt kantara` writes what was checked in the form of Kantara Consent
 * Receipt 1.1.
 */
export const receiptCommand = async (
  verb: string,
  args: readonly string[],
  say: (text: string) => void,
): Promise<void> => {
  const [file, flag, place, ...more] = args;
  const isUsed = (verb === "verify" || verb === "kantara") && file !== undefined && more.length === 0;
  if (!isUsed || (flag !== undefined && (flag !== "--jwks" || place === undefined)))
    throw new CommandRefused(USAGE);
  const jws = receiptIn(await textOf(file));
  const verified = await verifyDocument(
    "receipt",
    jws,
    place === undefined ? await ownKeys() : await keysFrom(place),
  );
  if (!verified.ok) throw new CommandRefused(`Refused: ${REFUSED[verified.error.type]}`);
  const { payload, kid } = verified.value;
  if (verb === "kantara") return say(JSON.stringify(kantaraReceipt(payload, Date.parse), null, 2));
  say(
    [
      `genuine       signed with the key ${kid}`,
      ...receiptWords(payload),
      "It proves what was decided then; whether it still stands, the service tells (GET /v1/consents/current).",
    ].join("\n"),
  );
};
