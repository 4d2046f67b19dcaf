import { describe, expect, test } from "bun:test";
import { makeHttpWitness } from "../../src/adapters/witness/http-witness.ts";
import { showWitness } from "../../src/app/audit/show-witness.ts";
import type { OutsideCalls } from "../../src/ports/outside-call.ts";
import { sequence, tell } from "../support/audit-log.ts";
import { testService } from "../support/service.ts";

const calls = {
  run: (_service: string, task: (signal: AbortSignal) => Promise<unknown>) =>
    task(new AbortController().signal),
  state: () => "CLOSED",
} as unknown as OutsideCalls;

describe("a witness", () => {
  test("gets every newest checkpoint once, and what it missed while it was away", async () => {
    const got: string[] = [];
    let status = 200;
    const server = Bun.serve({
      port: 0,
      fetch: async (request) => {
        if (status === 200) got.push(await request.text());
        return new Response(null, { status });
      },
    });
    try {
      const service = await testService();
      const show = showWitness(service.deps, makeHttpWitness(server.url.href, calls));
      await show();
      await tell(service, 2);
      await sequence(service);
      await show();
      await show();
      const first = (await service.store.auditLog.newest())?.note ?? "";
      expect(got).toEqual([first]);
      status = 503;
      await tell(service, 2);
      await sequence(service);
      await expect(show()).rejects.toThrow("503");
      status = 200;
      await show();
      expect(got).toEqual([first, (await service.store.auditLog.newest())?.note ?? ""]);
    } finally {
      await server.stop(true);
    }
  });
});
