import { type DatabaseFile, leaveCopying, resumeCopying, type SqliteConnection } from "./connection.ts";

export interface CheckpointOrder {
  readonly order: "copy" | "close";
  readonly path: string;
}

export interface Checkpointer {
  /**
   * Told of every batch that was committed. Copies the log back into the file, mostly on a thread of its own, and resolves
   * when the batches before this one are copied, with the milliseconds that it took here. Rejects with what SQLite says of
   * them.
   */
  written(): Promise<number>;
  /** Resolves when the thread has let go of the file. */
  close(): Promise<void>;
}

/** Batches until the log is copied to its end: longer it need not become. */
const EVERY = 12;
/** Without a batch for so long the thread ends. */
const IDLE_MS = 10_000;

/**
 * Left to SQLite, the log of many batches would be copied back by somebody's commit, thousands of pages at a time, and
 * everybody would wait for it. A thread copies each batch while the next one runs, and another brings that to the disk:
 * commits of requests wait behind what the disk is given at once, so it is given little. Now and then the run stands still
 * until all is copied, the last of it here in less than a millisecond: only a log that was copied to its end is begun anew,
 * and beside writers the thread would never come to it. Where there can be no thread, all is copied here.
 */
export const createCheckpointer = (
  path: string,
  { db, statement }: SqliteConnection,
  file: DatabaseFile,
): Checkpointer => {
  let thread: Worker | null = null;
  let answered: (() => void) | null = null;
  let batches = 0;
  let idle: NodeJS.Timeout | null = null;

  const settle = (): void => {
    answered?.();
    answered = null;
  };
  const end = (): void => {
    thread?.terminate();
    thread = null;
    settle();
  };

  const start = (): Worker => {
    const started = new Worker(new URL("./checkpoint-thread.ts", import.meta.url).href);
    started.unref();
    started.onmessage = ({ data }: MessageEvent<CheckpointOrder["order"]>) =>
      data === "close" ? end() : settle();
    started.onerror = (event) => {
      event.preventDefault();
      end();
    };
    return started;
  };

  let told: Promise<unknown> = Promise.resolve();
  const tell = (order: CheckpointOrder["order"]): Promise<unknown> => {
    told = told.then(
      () =>
        new Promise<void>((resolve) => {
          if (thread === null && order === "close") {
            resolve();
            return;
          }
          answered = resolve;
          thread ??= start();
          thread.postMessage({ order, path } satisfies CheckpointOrder);
        }),
    );
    return told;
  };

  const copy = async (): Promise<void> => {
    await tell("copy");
    await (await file.handle()).datasync();
  };
  let copying: Promise<void> = Promise.resolve();
  const begin = (): void => {
    copying = copy();
    // Whoever tells of the next batch hears of a failure.
    copying.catch(() => undefined);
  };

  const close = async (): Promise<void> => {
    if (idle !== null) {
      clearTimeout(idle);
      resumeCopying(db);
    }
    idle = null;
    await copying.catch(() => undefined);
    await tell("close");
  };

  return {
    written: async () => {
      batches += 1;
      if (idle === null) {
        leaveCopying(db);
        idle = setTimeout(close, IDLE_MS).unref();
      } else idle.refresh();
      const former = copying;
      copying = Promise.resolve();
      await former;
      if (batches < EVERY) {
        begin();
        return 0;
      }
      batches = 0;
      await copy();
      const began = performance.now();
      statement("pragma wal_checkpoint(passive)").values();
      return performance.now() - began;
    },
    close,
  };
};
