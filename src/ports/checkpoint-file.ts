/**
 * The newest checkpoint of the audit log, outside the database: whoever can write to the database alone can neither cut
 * off the log's end nor put an old copy in its place unseen. Rejects with the file system's error.
 */
export interface CheckpointFile {
  /** Null when there is none yet. */
  read(): Promise<string | null>;
  /** On disk when it resolves; the former one, or this, whatever happens meanwhile. */
  write(note: string): Promise<void>;
  /** Keeps it under another name, for an end of the log that was given up on purpose: the next one begins anew. */
  setAside(): Promise<void>;
}
