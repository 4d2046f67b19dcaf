import type { RetentionRun } from "../../domain/retention/retention-run.ts";
import { continueRun, type RunDeps } from "./continue-run.ts";

/** Works on the run that is under way, in this process, one at a time. */
export interface RetentionRunner {
  /** In the background: begins now, or looks again when the run it works on is over. Never rejects. */
  wake(): void;
  /**
   * The same, and resolves when there is nothing to do any more: with the last run that it finished, or null. Rejects as
   * `continueRun` does.
   */
  run(onProgress?: (run: RetentionRun) => void): Promise<RetentionRun | null>;
  /** Leaves the run where it stands, for the next runner; resolves when the batch under way is stored. */
  stop(): Promise<void>;
}

export interface RetentionRunnerEvents {
  /** A run that was woken did not get to its end. */
  readonly onFailure?: (failure: unknown) => void;
  /** How long others may have waited for a batch, in milliseconds. */
  readonly onBatch?: (milliseconds: number) => void;
}

export const makeRetentionRunner = (
  deps: RunDeps,
  { onFailure = () => undefined, onBatch = () => undefined }: RetentionRunnerEvents = {},
): RetentionRunner => {
  const holder = deps.ids.next<string>();
  let stopping = false;
  let working: Promise<RetentionRun | null> | null = null;
  let again = false;

  const work = async (onProgress?: (run: RetentionRun) => void): Promise<RetentionRun | null> => {
    let last: RetentionRun | null = null;
    do {
      again = false;
      const finished = await continueRun(deps, {
        holder,
        stopped: () => stopping,
        onBatch,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
      last = finished ?? last;
    } while (again && !stopping);
    return last;
  };
  const run: RetentionRunner["run"] = (onProgress) => {
    again = true;
    if (stopping) return working ?? Promise.resolve(null);
    working ??= work(onProgress).finally(() => {
      working = null;
    });
    return working;
  };
  return {
    run,
    wake: () => void run().catch(onFailure),
    stop: async () => {
      stopping = true;
      // Whoever asked for the run was told how it ended.
      await working?.catch(() => null);
    },
  };
};
