/** What is asked for with `take`. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly ttlMs: number;
}

/**
 * One runner among many instances: a lease belongs to one holder until it runs out. Told by the store's own clock, so
 * that instances need not agree on the time. A holder that was held up may have lost its lease: whatever it does under
 * one must be safe to be done twice. Rejects with StorageFailure only.
 */
export interface Leases {
  /** Takes the lease, or prolongs it for who has it, by `ttlMs` from now. False: somebody else has it. */
  take(name: string, holder: string, ttlMs: number): Promise<boolean>;
  /** Gives it back at once; nothing happens when it is somebody else's by now. */
  release(name: string, holder: string): Promise<void>;
}
