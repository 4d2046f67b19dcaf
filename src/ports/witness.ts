/** Somebody outside who keeps our checkpoints, so that we cannot take one back. */
export interface Witness {
  /** Rejects with OutsideCallFailure. */
  send(note: string): Promise<void>;
}
