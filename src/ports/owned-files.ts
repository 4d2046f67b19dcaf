import type { Spelling } from "../domain/anonymization/find-bytes.ts";

/** The files that the service writes besides its store: mails in the outbox folder, log files, whatever lies in its data folder. */
export interface OwnedFiles {
  /** Deletes the mails of the outbox folder whose text `isHers`; answers how many. */
  eraseMails(isHers: (text: string) => boolean): Promise<number>;
  /** Kinds of the files that hold one of these, such as `log` or `outbox`: never their names. */
  find(spellings: readonly Spelling[]): Promise<readonly string[]>;
}
