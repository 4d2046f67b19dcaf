// A thread that copies the log back into the file and brings that to the disk: it alone waits for both. It is told the path
// and a descriptor of the file, then asked as often as need be, and answers each time when it is done.
import { Database } from "bun:sqlite";
import { fdatasyncSync } from "node:fs";
import type { CheckpointOrder } from "./checkpointer.ts";

declare const self: Worker;

let db: Database | null = null;

self.onmessage = ({ data: { order, path, descriptor } }: MessageEvent<CheckpointOrder>): void => {
  if (order === "copy") {
    db ??= new Database(path, { readwrite: true, create: false });
    // Passive: it waits for nobody, and nobody for it. It brings the file to the disk only where it came to the log's end.
    db.run("pragma wal_checkpoint(passive)");
    fdatasyncSync(descriptor);
  } else {
    db?.close();
    db = null;
  }
  self.postMessage(order);
};
