import type { NoteKey, VerifyEd25519 } from "../domain/audit/signed-note.ts";

/**
 * Signs checkpoints of the audit log (C2SP signed-note, Ed25519) with the two newest keys, so that whoever knows one of
 * them can go on. Rejects with StorageFailure when a key cannot be read or made.
 */
export interface LogSigner {
  /** Every key there ever was, oldest first. Never empty. */
  keys(name: string): Promise<readonly NoteKey[]>;
  /** The note: the text, and under it the signatures. */
  sign(name: string, text: string): Promise<string>;
  readonly verify: VerifyEd25519;
  /** Makes a new key; it signs from now on. */
  rotate(): Promise<void>;
}
