import { createHash } from "node:crypto";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CheckpointFile } from "../../ports/checkpoint-file.ts";
import { isErrno, makeFolder, readIfThere, syncFolder, writeWhole } from "./files.ts";

/** `log` names the database: another one in the same folder has another log. */
export const makeCheckpointFile = (folder: string, log: string): CheckpointFile => {
  const path = join(
    folder,
    `audit-checkpoint-${createHash("sha256").update(log).digest("hex").slice(0, 16)}`,
  );
  return {
    read: () => readIfThere(path),
    write: async (note) => {
      try {
        await writeWhole(path, note);
      } catch (failure) {
        if (!isErrno(failure, "ENOENT")) throw failure;
        await makeFolder(folder);
        await writeWhole(path, note);
      }
    },
    setAside: async () => {
      try {
        await rename(path, `${path}.given-up-${Date.now()}`);
        await syncFolder(dirname(path));
      } catch (failure) {
        if (!isErrno(failure, "ENOENT")) throw failure;
      }
    },
  };
};
