import { link, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";

export const isErrno = (failure: unknown, code: string): boolean =>
  failure instanceof Error && "code" in failure && failure.code === code;

/** Names in a folder are on disk once the folder itself is. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Makes a folder for its owner alone, and it is on disk. */
export const makeFolder = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(dirname(first));
};

const draftOf = async (path: string, text: string): Promise<string> => {
  const draft = `${path}.draft-${crypto.randomUUID()}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
};

/** Writes a file for its owner alone; under its name it is whole or not there. */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  await rename(await draftOf(path, text), path);
  await syncFolder(dirname(path));
};

/** The same, unless there is one already: then that one stays. */
export const writeOnce = async (path: string, text: string): Promise<void> => {
  const draft = await draftOf(path, text);
  try {
    await link(draft, path);
  } catch (failure) {
    if (!isErrno(failure, "EEXIST")) throw failure;
  } finally {
    await unlink(draft);
  }
  await syncFolder(dirname(path));
};

export const readIfThere = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, "utf8");
  } catch (failure) {
    if (isErrno(failure, "ENOENT")) return null;
    throw failure;
  }
};
