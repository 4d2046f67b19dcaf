/** What a column holds, alike in both databases. */
export type StagedValue = string | number | boolean | null;

export type StagedRow = Readonly<Record<string, StagedValue>>;

/** Rows of one database as they stand at one moment, whatever is written to it meanwhile. */
export interface StagedRows {
  /** Names of the columns of every table that is there, whether this version knows it or not. */
  columns(): Promise<Readonly<Record<string, readonly string[]>>>;
  count(table: string): Promise<number>;
  /** At most `limit` rows in the order of these columns, after the row that has these values in them (null: the first). */
  page(
    table: string,
    by: readonly string[],
    after: readonly StagedValue[] | null,
    limit: number,
  ): Promise<readonly StagedRow[]>;
}

export interface StagingSource extends StagedRows {
  close(): Promise<void>;
}

/** The database that is written: nobody sees anything of it before it is finished, and a process that dies leaves nothing. */
export interface StagingTarget extends StagedRows {
  insert(table: string, rows: readonly StagedRow[]): Promise<void>;
  /** Makes it a database that a service can open; resolves when it is durable. */
  finish(): Promise<void>;
  /** Leaves nothing of it. After `finish` it only lets go. */
  close(): Promise<void>;
}

/** The target is not empty, or is the source: nothing was written. */
export class StagingRefused extends Error {
  override readonly name = "StagingRefused";
}

/** A random key of one run. Once it is destroyed nobody can tell any more what became of what. */
export interface RunKey {
  /** 32 bytes that only this run gives for this text and purpose. */
  derive(purpose: string, text: string): Uint8Array;
  destroy(): void;
}
