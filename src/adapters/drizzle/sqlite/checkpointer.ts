import type { SqliteConnection } from "./connection.ts";

export interface CheckpointOrder {
  readonly order: "copy" | "close";
  readonly path: string;
}

export interface Checkpointer {
  /** Told of every batch that was committed; has the thread copy now and then. */
  written(): void;
  /** Copies what was written while the thread copied, where it has. Throws what SQLite throws. */
  copyRest(): void;
  /** Resolves when the thread has let go of the file. */
  close(): Promise<void>;
}

/** Batches between two copies: some hundreds of pages. */
const EVERY = 8;
/** Without a batch for so long the thread ends. */
const IDLE_MS = 10_000;

/**
 * Left to SQLite, the log of many batches would be copied back by somebody's commit, thousands of pages at a time, and
 * everybody would wait for it. A thread copies most of it beside them. The rest is copied here: only a log that was
 * copied to its end is begun anew, and beside writers the thread would never come to it. Where there can be no thread, all is the rest.
 */
export const createCheckpointer = (path: string, { statement }: SqliteConnection): Checkpointer => {
  let thread: Worker | null = null;
  let state: "idle" | "copying" | "rest" = "idle";
  let batches = 0;
  let closing: (() => void) | null = null;
  let idle: NodeJS.Timeout | null = null;

  const ended = (): void => {
    thread?.terminate();
    thread = null;
    if (state === "copying") state = "rest";
    closing?.();
    closing = null;
  };

  const start = (): Worker => {
    const started = new Worker(new URL("./checkpoint-thread.ts", import.meta.url).href);
    started.unref();
    started.onmessage = ({ data }: MessageEvent<CheckpointOrder["order"]>) => {
      if (data === "close") ended();
      else state = "rest";
    };
    started.onerror = (event) => {
      event.preventDefault();
      ended();
    };
    return started;
  };

  const tell = (order: CheckpointOrder["order"]): void => {
    thread ??= start();
    thread.postMessage({ order, path } satisfies CheckpointOrder);
  };

  const close = async (): Promise<void> => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    if (thread === null) return;
    await new Promise<void>((resolve) => {
      closing = resolve;
      tell("close");
    });
  };

  return {
    written: () => {
      batches += 1;
      if (idle === null) idle = setTimeout(close, IDLE_MS).unref();
      else idle.refresh();
      if (batches < EVERY || state !== "idle") return;
      batches = 0;
      state = "copying";
      tell("copy");
    },
    copyRest: () => {
      if (state !== "rest") return;
      statement("pragma wal_checkpoint(passive)").values();
      state = "idle";
    },
    close,
  };
};
