import { open } from "node:fs/promises";
import { holdsAny, overlapOf, type Spelling } from "../../domain/anonymization/find-bytes.ts";

const CHUNK = 1 << 20;

/** Whether a file holds one of these as bytes. A file that is gone holds nothing. Reads a piece at a time. */
export const fileHolds = async (path: string, spellings: readonly Spelling[]): Promise<boolean> => {
  const overlap = overlapOf(spellings);
  const file = await open(path, "r").catch((failure: { readonly code?: unknown }) => {
    if (failure.code === "ENOENT") return null;
    throw failure;
  });
  if (file === null) return false;
  try {
    const buffer = Buffer.alloc(CHUNK + overlap);
    for (let kept = 0; ; ) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK);
      if (bytesRead === 0) return false;
      const piece = buffer.subarray(0, kept + bytesRead);
      if (holdsAny(piece, spellings)) return true;
      kept = Math.min(overlap, piece.length);
      piece.copy(buffer, 0, piece.length - kept);
    }
  } finally {
    await file.close();
  }
};
