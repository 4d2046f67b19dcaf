import type { CheckpointFile } from "../../ports/checkpoint-file.ts";

/** Outside the store, but only as long as this process lives. */
export const openMemoryCheckpointFile = (): CheckpointFile => {
  let kept: string | null = null;
  return {
    read: async () => kept,
    write: async (note) => {
      kept = note;
    },
    setAside: async () => {
      kept = null;
    },
  };
};
