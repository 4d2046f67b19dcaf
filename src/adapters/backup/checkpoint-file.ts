import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CheckpointFile } from "../../ports/checkpoint-file.ts";
import { isErrno, makeFolder, readIfThere, syncFolder, writeWhole } from "./files.ts";

export const makeCheckpointFile = (folder: string): CheckpointFile => {
  const path = join(folder, "audit-checkpoint");
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
