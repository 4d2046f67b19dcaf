import { readFile } from "node:fs/promises";
import { type NoteKey, parseVerifierKey } from "../../domain/audit/signed-note.ts";
import { verifierKeys } from "../audit/publish-log.ts";
import { compose } from "../compose.ts";
import { readSettings } from "../config.ts";
import { CommandRefused } from "./command-refused.ts";

const TIMEOUT_MS = 10_000;
const LARGEST = 1024 * 1024;

export const sha256 = (data: Uint8Array): Uint8Array => Bun.CryptoHasher.hash("sha256", data);

export const textOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch (failure) {
    if (failure instanceof Error && "code" in failure)
      throw new CommandRefused(`Not read: ${file} (${failure.code}).`);
    throw failure;
  }
};

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (failure) {
    if (failure instanceof SyntaxError) return undefined;
    throw failure;
  }
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

const read = (place: string): Promise<string> =>
  /^https?:\/\//.test(place) ? fetched(place) : textOf(place);

/** What receipts and proofs are checked with. */
export interface TrustedKeys {
  /** A JWK Set. */
  readonly jwks: unknown;
  readonly log: readonly NoteKey[];
}

const logKeysIn = (text: string): readonly NoteKey[] =>
  text.split("\n").flatMap((line) => parseVerifierKey(sha256, line.trim()) ?? []);

/** The public keys of this very installation. Never where the receipt itself says: a forger would say it too. */
const ownKeys = async (): Promise<TrustedKeys> => {
  const service = await compose(readSettings(process.env));
  try {
    await service.store.migrator.up();
    return {
      jwks: await service.deps.documents.jwks(),
      log: logKeysIn((await verifierKeys(service.deps)).join("\n")),
    };
  } finally {
    await service.close();
  }
};

/** From these files or addresses; without any, this installation's own. */
export const trustedKeys = async (
  jwks: string | undefined,
  logKeys: string | undefined,
): Promise<TrustedKeys> => {
  if (jwks === undefined) return ownKeys();
  const log = logKeys === undefined ? [] : logKeysIn(await read(logKeys));
  if (logKeys !== undefined && log.length === 0)
    throw new CommandRefused(`There are no verifier keys (as at /audit/keys) in ${logKeys}.`);
  return { jwks: parsed(await read(jwks)), log };
};
