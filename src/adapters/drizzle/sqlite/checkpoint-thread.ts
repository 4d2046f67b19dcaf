// A thread that copies the log back into the file: its own connection alone waits for the disk. It is told the path, then
// asked as often as need be, and answers each time when it is done.
import { Database } from "bun:sqlite";
import type { CheckpointOrder } from "./checkpointer.ts";

declare const self: Worker;

let db: Database | null = null;

self.onmessage = ({ data: { order, path } }: MessageEvent<CheckpointOrder>): void => {
  if (order === "copy") {
    db ??= new Database(path, { readwrite: true, create: false });
    // Passive: it waits for nobody, and nobody for it.
    db.run("pragma wal_checkpoint(passive)");
  } else {
    db?.close();
    db = null;
  }
  self.postMessage(order);
};
