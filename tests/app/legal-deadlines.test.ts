import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { breachNotices, lateRequests, tellDeadlines } from "../../src/app/health/legal-deadlines.ts";
import { auditEntry } from "../../src/domain/audit/audit-entry.ts";
import { DAY, HOUR, plus } from "../../src/domain/shared/instant.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { WATCHED } from "../../src/ports/metrics.ts";
import { occasion } from "../domain/given.ts";
import { record } from "../support/records.ts";
import { accepted, NOON, testService } from "../support/service.ts";
import { stage } from "./stage.ts";

const RULES = "deploy/prometheus/alerts.yaml";

const recorder = () => {
  const lines: string[] = [];
  const say = (level: string) => (event: string, fields?: { readonly count?: number }) =>
    void lines.push(`${level} ${event} ${fields?.count}`);
  const logger: Logger = { info: say("info"), warn: say("warn"), error: say("error") };
  return { lines, logger };
};

describe("a breach", () => {
  test("is soon due in its last 24 hours, overdue after 72, and neither once the authority is told", async () => {
    const service = await testService();
    const { application, deps, pass } = service;
    const aware_at = NOON;
    const { breach } = accepted(
      await application.breaches.record("cli", { nature: "A lost laptop", aware_at }),
    );
    expect(await breachNotices(deps)).toEqual({ due_soon: 0, overdue: 0 });
    pass(48 * HOUR - 1);
    expect(await breachNotices(deps)).toEqual({ due_soon: 0, overdue: 0 });
    pass(1);
    expect(await breachNotices(deps)).toEqual({ due_soon: 1, overdue: 0 });
    pass(24 * HOUR);
    expect(await breachNotices(deps)).toEqual({ due_soon: 1, overdue: 0 });
    pass(1);
    expect(await breachNotices(deps)).toEqual({ due_soon: 0, overdue: 1 });
    const phase = { at: plus(NOON, 72 * HOUR), told: "A laptop is gone" };
    accepted(await application.breaches.change("cli", { id: breach.id, version: 1, facts: { phase } }));
    expect(await breachNotices(deps)).toEqual({ due_soon: 0, overdue: 0 });
  });
});

describe("what is late", () => {
  test("is said in the log as numbers, and nothing is when nothing is", async () => {
    const service = await testService();
    const { lines, logger } = recorder();
    await tellDeadlines({ ...service.deps, logger });
    expect(lines).toEqual([]);
    for (const nature of ["ada@example.org's laptop", "another"])
      accepted(await service.application.breaches.record("cli", { nature, aware_at: NOON }));
    service.pass(50 * HOUR);
    accepted(
      await service.application.breaches.record("cli", {
        nature: "a third",
        aware_at: plus(NOON, -30 * HOUR),
      }),
    );
    await tellDeadlines({ ...service.deps, logger });
    expect(lines).toEqual(["warn breach_notices_due_soon 2", "error breach_notices_overdue 1"]);
  });

  test("counts requests whose clock runs", async () => {
    const { readers, unitOfWork } = stage();
    const due = { due_at: NOON, wakes_at: null };
    const rows = [
      record("privacy_requests", due),
      record("privacy_requests", { ...due, suspended_since: NOON }),
      record("privacy_requests", { ...due, state: "completed", closed_at: NOON }),
    ];
    await unitOfWork.commit({
      expects: [],
      writes: rows.map((row) => ({ op: "insert", into: "privacy_requests", row }) as const),
      audit: [auditEntry("mail.sent", null, { kind: "x", attempts: 1 }, occasion(NOON))],
    });
    const lateAt = (milliseconds: number) =>
      lateRequests({ readers, clock: { now: () => plus(NOON, milliseconds) } });
    expect([await lateAt(0), await lateAt(1), await lateAt(DAY)]).toEqual([0, 1, 1]);
  });
});

describe("the alert rules", () => {
  test("ask for numbers that there are", () => {
    const asked = new Set(readFileSync(RULES, "utf8").match(/gonogo_[a-z_]*[a-z]/g));
    const shown = new Set(["gonogo_metric_read_failures_total", ...WATCHED.map((what) => `gonogo_${what}`)]);
    expect([...asked].filter((name) => !shown.has(name))).toEqual([]);
    expect(asked.size).toBe(5);
  });
});

const promtool = Bun.which("promtool");

if (promtool === null) {
  console.log("LEFT OUT: promtool test rules: promtool is not installed");
} else {
  describe("promtool", () => {
    test("sees each alert fire when it must, and none when nothing is late", async () => {
      const child = Bun.spawn([promtool, "test", "rules", "deploy/prometheus/alerts.test.yaml"], {
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, problems] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      expect([await child.exited, problems]).toEqual([0, ""]);
      expect(out).toContain("SUCCESS");
    });
  });
}
