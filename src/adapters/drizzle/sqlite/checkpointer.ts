import { type DatabaseFile, leaveCopying, resumeCopying, type SqliteConnection } from "./connection.ts";

export interface CheckpointOrder {
  readonly order: "copy" | "close";
  readonly path: string;
  /** Of the file, and not closed by who is told of it: that would drop the locks that SQLite holds on it in this process. */
  readonly descriptor: number;
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
 * everybody would wait for it. A thread copies each batch and brings it to the disk while the next one runs: commits of
 * requests wait behind what the disk is given at once, so it is given little. Now and then the run stands still
 * until all is copied, the last of it here in less than a millisecond: only a log that was copied to its end is begun anew,
 * and beside writers the thread would never come to it. Where there can be no thread, all is copied here.
 */
export const createCheckpointer = (
  path: string,
  { db, statement }: SqliteConnection,
  file: DatabaseFile,
): Checkpointer => {
  let thread: Worker | null = null;
  let answered: ((done: boolean) => void) | null = null;
  let batches = 0;
  let idle: NodeJS.Timeout | null = null;

  const settle = (done: boolean): void => {
    answered?.(done);
    answered = null;
  };
  const end = (): void => {
    thread?.terminate();
    thread = null;
    settle(false);
  };

  const start = (): Worker => {
    const started = new Worker(new URL("./checkpoint-thread.ts", import.meta.url).href);
    started.unref();
    started.onmessage = ({ data }: MessageEvent<CheckpointOrder["order"]>) =>
      data === "close" ? end() : settle(true);
    started.onerror = (event) => {
      event.preventDefault();
      end();
    };
    return started;
  };

  let told: Promise<unknown> = Promise.resolve();
  /** Resolves with whether the thread did it. */
  const tell = (order: CheckpointOrder["order"], descriptor: number): Promise<boolean> => {
    const done = told.then(
      () =>
        new Promise<boolean>((resolve) => {
          if (thread === null && order === "close") {
            resolve(true);
            return;
          }
          answered = resolve;
          thread ??= start();
          thread.postMessage({ order, path, descriptor } satisfies CheckpointOrder);
        }),
    );
    told = done;
    return done;
  };

  const copy = async (): Promise<void> => {
    const handle = await file.handle();
    // What the thread met, whoever goes on meets as well, and can say it.
    if (!(await tell("copy", handle.fd))) await handle.datasync();
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
    await tell("close", -1);
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
