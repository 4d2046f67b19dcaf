import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { LedgerBroken } from "../../../ports/erasure-ledger.ts";
import { isErrno, makeFolder, readIfThere, syncFolder, writeWhole } from "../files.ts";
import { namesIn } from "./ledger-heads.ts";
import type { LedgerKeys } from "./ledger-keys.ts";

const VALUES = Type.Object({
  identities: Type.Array(
    Type.Object({ kind: Type.Enum(["email", "name", "external_user_id"]), value: Type.String() }),
  ),
  comments: Type.Array(Type.Object({ id: Type.String(), content: Type.String() })),
});

export type LedgerValues = Static<typeof VALUES>;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const folderOf = (directory: string): string => join(directory, "values");
const pathOf = (directory: string, name: string): string => join(folderOf(directory), name);
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * Values of one fact in a sealed file of their own: destroying them is removing it. Its name begins with the pseudonym, so
 * that it is found though a crash kept the fact from the ledger.
 */
export const writeValues = async (
  directory: string,
  keys: LedgerKeys,
  who: string,
  values: LedgerValues,
): Promise<{ readonly values: string; readonly values_hash: string }> => {
  const name = `${who}-${crypto.randomUUID()}`;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keys.values, nonce).setAAD(Buffer.from(name));
  const parts = [nonce, cipher.update(JSON.stringify(values), "utf8"), cipher.final(), cipher.getAuthTag()];
  const text = Buffer.concat(parts).toString("base64url");
  await makeFolder(folderOf(directory));
  await writeWhole(pathOf(directory, name), text);
  return { values: name, values_hash: hashOf(text) };
};

/** Null: they were destroyed. */
export const readValues = async (
  directory: string,
  keys: LedgerKeys,
  { values: name, values_hash }: { readonly values: string; readonly values_hash: string },
): Promise<LedgerValues | null> => {
  const text = await readIfThere(pathOf(directory, name));
  if (text === null) return null;
  if (hashOf(text) !== values_hash) throw new LedgerBroken("changed");
  const bytes = Buffer.from(text, "base64url");
  const end = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", keys.values, bytes.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(name))
    .setAuthTag(bytes.subarray(end));
  const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]);
  return Value.Parse(VALUES, JSON.parse(plain.toString("utf8")));
};

/** Resolves when none of a person's can be read any more, a power failure included. */
export const destroyValues = async (directory: string, who: string): Promise<void> => {
  const names = (await namesIn(folderOf(directory))).filter((name) => name.startsWith(`${who}-`));
  if (names.length === 0) return;
  for (const name of names) {
    try {
      await unlink(pathOf(directory, name));
    } catch (failure) {
      // Destroyed before, by an erasure that was cut short after this.
      if (!isErrno(failure, "ENOENT")) throw failure;
    }
  }
  await syncFolder(folderOf(directory));
};
