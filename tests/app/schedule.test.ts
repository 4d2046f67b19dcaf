import { expect, test } from "bun:test";
import { repeat } from "../../src/app/schedule.ts";
import { recordingLogger } from "../support/http.ts";

/** A task that each run of is let go by the test. */
const gated = () => {
  const waiting: (() => void)[] = [];
  let runs = 0;
  return {
    runs: () => runs,
    task: () => {
      runs += 1;
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
    release: async () => {
      waiting.shift()?.();
      await Bun.sleep(0);
    },
  };
};

test("a run that is asked for while one is under way follows it, once, and never beside it", async () => {
  const { runs, task, release } = gated();
  const schedule = repeat("test", 1_000_000, recordingLogger(), task);
  schedule.now();
  schedule.now();
  expect(runs()).toBe(1);
  await release();
  expect(runs()).toBe(2);
  await release();
  expect(runs()).toBe(2);
  schedule.now();
  await Bun.sleep(0);
  expect(runs()).toBe(3);
  const stopped = schedule.stop();
  await release();
  await stopped;
  expect(runs()).toBe(3);
});

test("a failure is logged by its kind, and the next run comes all the same", async () => {
  const logger = recordingLogger();
  let runs = 0;
  const schedule = repeat("failing", 0, logger, async () => {
    runs += 1;
    if (runs === 1) throw new TypeError("with something personal in it");
  });
  while (runs < 2) await Bun.sleep(1);
  await schedule.stop();
  expect(logger.lines).toEqual([
    {
      level: "error",
      event: "scheduled_task_failed",
      fields: { operation: "failing", exception_type: "TypeError" },
    },
  ]);
});
