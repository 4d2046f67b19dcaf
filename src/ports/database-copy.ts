/** What can be told of a database at one moment. */
export interface DatabaseFacts {
  readonly engine: "sqlite" | "postgres";
  /** Of the server or the library, such as `15.14`. */
  readonly engine_version: string;
  /** Rows of every table, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Names of the migrations applied, oldest first. */
  readonly migrations: readonly string[];
  /** The restore point; null: the service has never started on it. */
  readonly ledger_position: string | null;
}

/** A database as it stood at the one moment that the facts are of. */
export interface DatabaseCopy extends DatabaseFacts {
  /** To be read once, to the end; throws when the copy could not be finished. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Removes what the copy stood on. */
  close(): Promise<void>;
}

/** A copy cannot be made or put back, for a reason that the operator can do something about. */
export class CopyRefused extends Error {
  override readonly name = "CopyRefused";
}
