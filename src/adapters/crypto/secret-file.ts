import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { SecretKeys } from "./derived-keys.ts";

const NAME = "secret.key";

const currentPath = (directory: string): string => join(directory, NAME);

/** Where the key before the current one is kept during a rotation. */
export const previousKeyPath = (directory: string): string => join(directory, `${NAME}.previous`);

/** A fresh key (256 bits, base64, mode 0600) in a file of its own beside `path`; answers where. */
const draftKey = async (path: string): Promise<string> => {
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString("base64")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
};

const readOrMakeCurrent = async (directory: string): Promise<string> => {
  const path = currentPath(directory);
  const existing = await readIfThere(path);
  if (existing !== null) return existing;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = await draftKey(path);
  try {
    // A link appears whole or not at all, and never replaces a key that another process has just made.
    await link(draft, path);
  } catch (failure) {
    if (!isErrno(failure, "EEXIST")) throw failure;
  } finally {
    await unlink(draft);
  }
  return (await readFile(path, "utf8")).trim();
};

/**
 * The secret keys of a development installation: `<directory>/secret.key`, which is made when it is not there, and
 * during a rotation the one before it. Two processes that start together end up with the same key. Rejects with the
 * file system's error.
 */
export const readOrMakeSecretKeys = async (directory: string): Promise<SecretKeys> => {
  // In this order: a key that is replaced meanwhile is read as the current one, or stands in both files.
  const current = await readOrMakeCurrent(directory);
  const previous = await readIfThere(previousKeyPath(directory));
  return { current, previous: previous === current ? null : previous };
};

/** What stands in the files: no key yet, one, or two in the middle of a rotation. Makes nothing. */
export const secretKeyFiles = async (directory: string): Promise<"none" | "one" | "rotating"> => {
  const current = await readIfThere(currentPath(directory));
  if (current === null) return "none";
  const previous = await readIfThere(previousKeyPath(directory));
  return previous === null || previous === current ? "one" : "rotating";
};

/**
 * Begins a rotation: a fresh key becomes the current one, which becomes the previous one. Killed at any moment it
 * leaves the old key in force or both files in place. Rejects with the file system's error.
 */
export const replaceSecretKey = async (directory: string): Promise<void> => {
  const path = currentPath(directory);
  const draft = await draftKey(path);
  try {
    await link(path, previousKeyPath(directory));
  } catch (failure) {
    // Left by an attempt that was killed between the two steps: the same key under both names.
    if (!isErrno(failure, "EEXIST") || (await secretKeyFiles(directory)) !== "one") {
      await unlink(draft);
      throw failure;
    }
  }
  await rename(draft, path);
  await syncDirectory(directory);
};

/** Ends a rotation. Whatever is still encrypted under the previous key cannot be read afterwards. */
export const deletePreviousSecretKey = async (directory: string): Promise<void> => {
  await unlink(previousKeyPath(directory));
  await syncDirectory(directory);
};

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const readIfThere = async (path: string): Promise<string | null> => {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (failure) {
    if (isErrno(failure, "ENOENT")) return null;
    throw failure;
  }
};

const isErrno = (failure: unknown, code: string): boolean =>
  failure instanceof Error && "code" in failure && failure.code === code;
