import { type FileHandle, open } from "node:fs/promises";
import { holdsAny, overlapOf, type Spelling } from "../../../domain/anonymization/find-bytes.ts";
import type { PhysicalErasure, ScrubReport } from "../../../ports/physical-erasure.ts";
import type { Attempt } from "../portable.ts";
import { driverCode, storageFailure } from "../storage-failure.ts";
import { type DatabaseFile, openConnection, type SqliteConnection } from "./connection.ts";

const CHUNK = 1 << 20;
/** How often a checkpoint is tried while others read, and how long between. */
const ATTEMPTS = 40;
const PAUSE_MS = 50;

const handleHolds = async (file: FileHandle, spellings: readonly Spelling[]): Promise<boolean> => {
  const overlap = overlapOf(spellings);
  const buffer = Buffer.alloc(CHUNK);
  for (let at = 0; ; at += CHUNK - overlap) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK, at);
    const piece = buffer.subarray(0, bytesRead);
    if (holdsAny(piece, spellings)) return true;
    if (bytesRead < CHUNK) return false;
  }
};

const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(driverCode(error) ?? "");

/**
 * `secure_delete` overwrites what is deleted; the log of pages keeps old ones until it is truncated, for which no reader
 * may need them. A page that is rebuilt may keep a piece of a row that was moved out of it: only rewriting the whole
 * file takes that away.
 */
export const sqlitePhysicalErasure = (
  connection: SqliteConnection,
  path: string,
  file: DatabaseFile,
  attempt: Attempt,
): PhysicalErasure => {
  const truncated = (): boolean => {
    const [row] = connection.statement("pragma wal_checkpoint(truncate)").values();
    return row?.[0] === 0;
  };

  const truncate = async (): Promise<ScrubReport> => {
    for (let turn = 0; turn < ATTEMPTS; turn += 1) {
      if (await attempt("erasure.checkpoint", async () => truncated())) return { complete: true };
      await Bun.sleep(PAUSE_MS);
    }
    return { complete: false };
  };

  /** False: another process kept writing. */
  const rewritten = async (): Promise<boolean> => {
    const own = await openConnection(path, 5_000, "copied");
    try {
      for (let turn = 0; turn < ATTEMPTS; turn += 1) {
        try {
          own.db.run("vacuum");
          return true;
        } catch (error) {
          if (!isBusy(error)) throw storageFailure("erasure.vacuum", error);
        }
        await Bun.sleep(PAUSE_MS);
      }
      return false;
    } finally {
      own.close();
    }
  };

  const scrub = async (thorough: boolean): Promise<ScrubReport> =>
    thorough && !(await rewritten()) ? { complete: false } : truncate();

  return {
    scrub,
    maintain: () => scrub(true),
    find: async (spellings) => {
      const found = (await handleHolds(await file.handle(), spellings)) ? ["database file"] : [];
      const log = await open(`${path}-wal`, "r").catch((failure: { readonly code?: unknown }) => {
        if (failure.code === "ENOENT") return null;
        throw failure;
      });
      if (log === null) return found;
      try {
        return (await handleHolds(log, spellings)) ? [...found, "write-ahead log"] : found;
      } finally {
        await log.close();
      }
    },
  };
};
