import type { Spelling } from "../domain/anonymization/find-bytes.ts";

export interface ScrubReport {
  /** False: something kept old pages in use, such as another process that reads; to be tried again. */
  readonly complete: boolean;
}

/** Makes what was deleted unreadable where a store keeps it, and looks for it there. Rejects with StorageFailure only. */
export interface PhysicalErasure {
  /**
   * While the service serves: what was deleted or overwritten before is in no page that the store will read again.
   * `thorough`: also in no piece of a page that is left over, where that can be had without a maintenance window; whoever
   * writes waits meanwhile. What a store cannot promise stands in docs/erasure.md.
   */
  scrub(thorough: boolean): Promise<ScrubReport>;
  /** In a maintenance window, as others wait meanwhile: nothing but what is stored remains in tables, indexes and statistics. */
  maintain(): Promise<ScrubReport>;
  /** Names of the places (table, or kind of file) that hold one of these, in no promised order; each once. */
  find(spellings: readonly Spelling[]): Promise<readonly string[]>;
}
