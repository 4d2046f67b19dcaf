import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { makeFolder, readIfThere, writeOnce } from "./files.ts";

const identitiesIn = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("AGE-SECRET-KEY-"));

const ownPath = (dataDir: string): string => join(dataDir, "backup.identity");

/** Without recipients of the operator's choice, a key of our own beside the database: for development. */
const readOrMakeOwn = async (dataDir: string): Promise<readonly string[]> => {
  const path = ownPath(dataDir);
  const there = await readIfThere(path);
  if (there !== null) return identitiesIn(there);
  await makeFolder(dataDir);
  const identity = await generateX25519Identity();
  await writeOnce(path, `# public key: ${await identityToRecipient(identity)}\n${identity}\n`);
  return identitiesIn(await readFile(path, "utf8"));
};

export interface AgeKeysOptions {
  readonly dataDir: string;
  readonly recipients: readonly string[];
  readonly identityFile: string | null;
}

/** Encrypts for the recipients. */
export const encrypterFor = async ({ dataDir, recipients }: AgeKeysOptions): Promise<Encrypter> => {
  const encrypter = new Encrypter();
  const all =
    recipients.length > 0
      ? recipients
      : await Promise.all((await readOrMakeOwn(dataDir)).map((identity) => identityToRecipient(identity)));
  for (const recipient of all) encrypter.addRecipient(recipient);
  return encrypter;
};

/** Null: the secret key is not here. */
export const decrypterFrom = async ({ dataDir, identityFile }: AgeKeysOptions): Promise<Decrypter | null> => {
  const text = await readIfThere(identityFile ?? ownPath(dataDir));
  const identities = text === null ? [] : identitiesIn(text);
  if (identities.length === 0) return null;
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  return decrypter;
};
