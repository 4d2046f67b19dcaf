import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";

const NAME = "secret.key";

/**
 * The secret key of a development installation: read from `<directory>/secret.key`, or made there (256 bits, base64,
 * mode 0600). Two processes that start together end up with the same key. Rejects with the file system's error.
 */
export const readOrMakeSecretKey = async (directory: string): Promise<string> => {
  const path = join(directory, NAME);
  const existing = await readIfThere(path);
  if (existing !== null) return existing;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString("base64")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
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
