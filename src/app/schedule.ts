import type { Logger } from "../ports/logger.ts";

export interface Schedule {
  /** Does not wait for the pause; a run that is under way is followed by another. */
  now(): void;
  /** Lets the run in progress finish and starts no other. */
  stop(): Promise<void>;
}

/** Runs a task again and again, `pauseMs` after each end, never two at once. A failure is logged and does not stop it. */
export const repeat = (
  operation: string,
  pauseMs: number,
  logger: Logger,
  task: () => Promise<unknown>,
): Schedule => {
  let stopped = false;
  let wake: (() => void) | null = null;
  let again = false;
  const running = (async () => {
    while (!stopped) {
      again = false;
      try {
        await task();
      } catch (failure) {
        logger.error("scheduled_task_failed", {
          operation,
          exception_type: failure instanceof Error ? failure.name : typeof failure,
        });
      }
      if (stopped) return;
      if (again) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    now: () => {
      again = true;
      wake?.();
    },
    stop: () => {
      stopped = true;
      wake?.();
      return running;
    },
  };
};
