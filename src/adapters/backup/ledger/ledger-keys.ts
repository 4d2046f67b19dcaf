import { hkdfSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import Type from "typebox";
import Value from "typebox/value";
import type { Sealed, SubjectId } from "../../../domain/shared/ids.ts";
import { LedgerBroken } from "../../../ports/erasure-ledger.ts";
import type { Sealer } from "../../../ports/secrets.ts";
import { makeFolder, readIfThere, writeOnce, writeWhole } from "../files.ts";

const FILE = Type.Object({ ledger: Type.String(), wrapped: Type.String() }, { additionalProperties: false });

/** Everything derived from the random key of one ledger, each for one purpose. */
export interface LedgerKeys {
  /** Name of the ledger. */
  readonly id: string;
  pseudonymOf(subject: SubjectId): string;
  /** Links a line to the ones before it. */
  chain(text: string): string;
  /** Proves what stands beside the ledger: heads, and manifests of backups. */
  prove(text: string): string;
  /** Encrypts values of facts. */
  readonly values: Buffer;
}

const pathOf = (directory: string): string => join(directory, "ledger.key");
const contextOf = (ledger: string): string => `ledger:key:${ledger}`;

const keysOf = (id: string, secret: Buffer): LedgerKeys => {
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync("sha256", secret, id, purpose, 32));
  const [pseudonym, chain, proof] = [
    derive("ledger pseudonym v1"),
    derive("ledger chain v1"),
    derive("ledger proof v1"),
  ];
  const mac = (key: Buffer) => {
    const keyed = new Bun.CryptoHasher("sha256", key);
    return (text: string): string => keyed.copy().update(text).digest("hex");
  };
  return {
    id,
    pseudonymOf: mac(pseudonym),
    chain: mac(chain),
    prove: mac(proof),
    values: derive("ledger values v1"),
  };
};

const read = async (
  directory: string,
  sealer: Sealer,
): Promise<{ readonly ledger: string; readonly secret: string } | null> => {
  const text = await readIfThere(pathOf(directory));
  if (text === null) return null;
  const file = parsed(text);
  return { ledger: file.ledger, secret: sealer.open(file.wrapped as Sealed, contextOf(file.ledger)) };
};

const parsed = (text: string) => {
  try {
    return Value.Parse(FILE, JSON.parse(text));
  } catch {
    throw new LedgerBroken("changed");
  }
};

const textOf = (sealer: Sealer, ledger: string, secret: string): string =>
  `${JSON.stringify({ ledger, wrapped: sealer.seal(secret, contextOf(ledger)) })}\n`;

/** The keys of the ledger in a folder; null: there is none. Throws SealBroken when SECRET_KEY does not open it. */
export const readKeys = async (directory: string, sealer: Sealer): Promise<LedgerKeys | null> => {
  const found = await read(directory, sealer);
  return found === null ? null : keysOf(found.ledger, Buffer.from(found.secret, "base64url"));
};

/** Begins a ledger. The key is random: rotating SECRET_KEY changes no pseudonym. */
export const makeKeys = async (directory: string, sealer: Sealer): Promise<LedgerKeys> => {
  await makeFolder(directory);
  const text = textOf(sealer, crypto.randomUUID(), randomBytes(32).toString("base64url"));
  // Two instances that start together end up with the same ledger.
  await writeOnce(pathOf(directory), text);
  const made = await readKeys(directory, sealer);
  if (made === null) throw new LedgerBroken("missing");
  return made;
};

/** Wraps the key of the ledger under the current SECRET_KEY; false: it was already, or there is none. */
export const rewrapKey = async (directory: string, sealer: Sealer): Promise<boolean> => {
  const text = await readIfThere(pathOf(directory));
  if (text === null) return false;
  if (sealer.keyIdOf(parsed(text).wrapped as Sealed) === sealer.keyIds.current) return false;
  const found = await read(directory, sealer);
  if (found !== null) await writeWhole(pathOf(directory), textOf(sealer, found.ledger, found.secret));
  return found !== null;
};
