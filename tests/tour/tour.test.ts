import { expect, test } from "bun:test";
import { resolve } from "node:path";

test("the tour goes its whole way", async () => {
  const tour = Bun.spawn([process.execPath, "tests/tour/tour.ts"], {
    cwd: resolve(import.meta.dir, "../.."),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [told, problem, code] = await Promise.all([
    new Response(tour.stdout).text(),
    new Response(tour.stderr).text(),
    tour.exited,
  ]);
  expect(problem).toBe("");
  expect(code).toBe(0);
  expect(told).toContain("That was all: 12 steps");
}, 60_000);
