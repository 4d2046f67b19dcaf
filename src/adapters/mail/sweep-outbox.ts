import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Instant } from "../../domain/shared/instant.ts";

/** Mails, and what a killed process left half-written; whatever else somebody put there is not ours. */
const OURS = /\.eml(?:\.partial)?$/;

const isGone = (failure: unknown): boolean => (failure as { readonly code?: unknown }).code === "ENOENT";

/** Null: it is not there (any more), as another instance sweeps the same folder. */
const unlessGone = async <T>(task: Promise<T>): Promise<T | null> => {
  try {
    return await task;
  } catch (failure) {
    if (isGone(failure)) return null;
    throw failure;
  }
};

/**
 * Deletes the mails in an outbox folder that were written before a moment, and answers how many: each holds an address and
 * perhaps a link. Rejects with the system's error, whose message names the file.
 */
export const sweepOutbox = async (directory: string, before: Instant): Promise<number> => {
  let deleted = 0;
  for (const name of (await unlessGone(readdir(directory))) ?? []) {
    if (!OURS.test(name)) continue;
    const path = join(directory, name);
    const found = await unlessGone(stat(path));
    if (found === null || found.mtimeMs >= before) continue;
    await rm(path, { force: true });
    deleted += 1;
  }
  return deleted;
};
