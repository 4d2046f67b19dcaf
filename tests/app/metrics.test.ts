import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { makeMetrics } from "../../src/adapters/metrics/metrics.ts";
import { type Metrics, WATCHED } from "../../src/ports/metrics.ts";
import { OUTSIDE_SERVICES } from "../../src/ports/outside-call.ts";
import { RATE_LIMIT_BUDGETS } from "../../src/ports/rate-limiter.ts";

const TEMPLATES = ["/v1/threads/:thread/comments", "/health/live"];

let metrics: Metrics;
beforeEach(() => {
  metrics = makeMetrics();
  metrics.knowPathTemplates(TEMPLATES);
});
afterEach(() => metrics.close());

/** What stands behind a name with these labels; undefined where it is not shown. */
const shown = (text: string, sample: string): number | undefined => {
  const line = text.split("\n").find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
};

const useEverything = async (): Promise<void> => {
  for (const path_template of [...TEMPLATES, "unmatched"]) {
    for (const method of ["GET", "POST"]) {
      for (const status_code of [200, 404, 422, 500]) {
        metrics.requestProcessed({ method, path_template, status_code, duration_ms: 3.2 });
      }
    }
  }
  metrics.groupCommitted({ members: 12, milliseconds: 1.5, answered: true });
  metrics.groupCommitted({ members: 1, milliseconds: 900, answered: false });
  metrics.retentionBatch(4);
  for (const budget of RATE_LIMIT_BUDGETS) {
    metrics.requestCounted({ budget, admitted: true, shared: false });
    metrics.requestCounted({ budget, admitted: false, shared: true });
  }
  for (const service of OUTSIDE_SERVICES) metrics.circuitChanged(service, "HALF_OPEN");
  for (const [at, what] of WATCHED.entries()) metrics.watch(what, async () => at);
  await Bun.sleep(60);
};

describe("the metrics", () => {
  test("count requests by method, template and status, and how long they took by the first two", async () => {
    const request = { method: "POST", path_template: TEMPLATES[0] ?? "", status_code: 201 };
    metrics.requestProcessed({ ...request, duration_ms: 4 });
    metrics.requestProcessed({ ...request, duration_ms: 40 });
    const text = await metrics.render();
    const labels = 'method="POST",path_template="/v1/threads/:thread/comments"';
    expect(shown(text, `gonogo_http_requests_total{${labels},status_code="201"}`)).toBe(2);
    expect(shown(text, `gonogo_http_request_duration_seconds_bucket{le="0.005",${labels}}`)).toBe(1);
    expect(shown(text, `gonogo_http_request_duration_seconds_bucket{le="0.05",${labels}}`)).toBe(2);
    expect(shown(text, `gonogo_http_request_duration_seconds_count{${labels}}`)).toBe(2);
    expect(shown(text, `gonogo_http_request_duration_seconds_sum{${labels}}`)).toBeCloseTo(0.044);
  });

  test("tell of groups, batches of retention, limits and circuits", async () => {
    metrics.groupCommitted({ members: 12, milliseconds: 1.5, answered: true });
    for (const milliseconds of [4, 49, 51]) metrics.retentionBatch(milliseconds);
    metrics.requestCounted({ budget: "sign-in", admitted: false, shared: true });
    metrics.circuitChanged("smtp", "OPEN");
    const text = await metrics.render();
    expect(shown(text, "gonogo_commit_group_members_sum")).toBe(12);
    expect(shown(text, 'gonogo_retention_batch_duration_seconds_bucket{le="0.05"}')).toBe(2);
    expect(shown(text, "gonogo_retention_batch_duration_seconds_count")).toBe(3);
    expect(shown(text, 'gonogo_commit_group_duration_seconds_count{answered="true"}')).toBe(1);
    expect(
      shown(text, 'gonogo_rate_limit_decisions_total{budget="sign-in",decision="refused",counted="shared"}'),
    ).toBe(1);
    expect(shown(text, 'gonogo_circuit_state{service="smtp",state="OPEN"}')).toBe(1);
    expect(shown(text, 'gonogo_circuit_state{service="smtp",state="CLOSED"}')).toBe(0);
    expect(shown(text, 'gonogo_circuit_state{service="redis",state="CLOSED"}')).toBe(1);
  });

  test("read what is watched when they are asked, each time", async () => {
    let length = 7;
    metrics.watch("commit_queue_length", () => length);
    expect(shown(await metrics.render(), "gonogo_commit_queue_length")).toBe(7);
    length = 0;
    expect(shown(await metrics.render(), "gonogo_commit_queue_length")).toBe(0);
  });

  test("leave out what nobody watches and what cannot be read, and say so", async () => {
    metrics.watch("mail_outbox_length", async () => 3);
    expect(shown(await metrics.render(), "gonogo_mail_outbox_length")).toBe(3);
    metrics.watch("mail_outbox_length", () => Promise.reject(new Error("ada@example.org")));
    metrics.watch("database_pool_in_use", () => Number.NaN);
    metrics.watch("database_pool_size", () => {
      throw new Error("ada@example.org");
    });
    await metrics.render();
    const text = await metrics.render();
    for (const what of WATCHED) expect(shown(text, `gonogo_${what}`)).toBeUndefined();
    // A scrape may show its own failures or those before it: it reads all at once.
    for (const metric of ["mail_outbox_length", "database_pool_in_use", "database_pool_size"]) {
      expect(shown(text, `gonogo_metric_read_failures_total{metric="${metric}"}`)).toBeGreaterThan(0);
    }
    expect(text).not.toContain('metric="commit_queue_length"');
    expect(text).not.toContain("ada@");
  });

  test("do not wait for what never answers", async () => {
    metrics.watch("mail_outbox_length", () => new Promise(() => undefined));
    metrics.watch("commit_queue_length", () => 1);
    const text = await metrics.render();
    expect(shown(text, "gonogo_mail_outbox_length")).toBeUndefined();
    expect(shown(text, "gonogo_commit_queue_length")).toBe(1);
  });

  test("show the process and its event loop", async () => {
    await Bun.sleep(120);
    const text = await metrics.render();
    expect(shown(text, "gonogo_event_loop_lag_seconds_count")).toBeGreaterThan(0);
    expect(shown(text, "process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
    expect(shown(text, "process_cpu_seconds_total")).toBeGreaterThan(0);
    expect(shown(text, "process_start_time_seconds")).toBeGreaterThan(1_700_000_000);
  });

  test("are each registry's own", async () => {
    const other = makeMetrics();
    metrics.requestCounted({ budget: "general", admitted: true, shared: false });
    expect(await other.render()).not.toContain('budget="general"');
    other.close();
  });
});

/** The values of a label in what is shown. */
const labelValues = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/[{,]([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => `${name}=${value}`),
  );

describe("labels", () => {
  test("are of closed sets: nothing that is said gets in", async () => {
    const said = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.emailAddress(),
      fc.ipV4(),
      fc.webPath(),
      fc.constantFrom("__proto__", "constructor", 'x"} 1\nforged_total 1', "get", "/health/live/", "OPEN"),
    );
    await useEverything();
    metrics.requestProcessed({ method: "PURGE", path_template: "/none", status_code: 299, duration_ms: 1 });
    metrics.requestCounted({ budget: "x" as never, admitted: true, shared: true });
    metrics.requestCounted({ budget: "x" as never, admitted: false, shared: false });
    metrics.circuitChanged("x" as never, "OPEN");
    const before = labelValues(await metrics.render());
    const lines = (await metrics.render()).split("\n").length;
    fc.assert(
      fc.property(said, said, fc.oneof(fc.integer(), fc.double()), (a, b, number) => {
        fc.pre(!/^[A-Z]+$/.test(a) && !TEMPLATES.includes(b));
        metrics.requestProcessed({ method: a, path_template: b, status_code: 299, duration_ms: number });
        metrics.groupCommitted({ members: number, milliseconds: number, answered: a as never });
        metrics.requestCounted({ budget: a as never, admitted: b as never, shared: a as never });
        metrics.circuitChanged(a as never, b as never);
      }),
      { numRuns: 500 },
    );
    const text = await metrics.render();
    expect([...labelValues(text)].filter((value) => !before.has(value))).toEqual([]);
    // A bounded number of series, whatever came.
    expect(text.split("\n").length).toBeLessThan(lines + 60);
    expect(text).not.toContain("forged_total");
    expect(text).toContain('method="other",path_template="unmatched",status_code="other"');
  });

  test("of a path are known only once the routes are", async () => {
    const early = makeMetrics();
    const request = { method: "GET", path_template: "/health/live", status_code: 200, duration_ms: 1 };
    early.requestProcessed(request);
    early.knowPathTemplates(TEMPLATES);
    early.requestProcessed(request);
    const text = await early.render();
    expect(text).toContain('path_template="unmatched",status_code="200"} 1');
    expect(text).toContain('path_template="/health/live",status_code="200"} 1');
    early.close();
  });
});

const promtool = Bun.which("promtool");

if (promtool === null) {
  console.log("LEFT OUT: promtool check metrics: promtool is not installed");
} else {
  describe("promtool", () => {
    const check = async (text: string) => {
      const child = Bun.spawn([promtool, "check", "metrics"], {
        stdin: new Blob([text]),
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, problems, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      return { said: out + problems, code };
    };

    test("finds nothing wrong, before anything happened and after everything did", async () => {
      expect(await check(await metrics.render())).toEqual({ said: "", code: 0 });
      await useEverything();
      expect(await check(await metrics.render())).toEqual({ said: "", code: 0 });
      expect(metrics.contentType).toStartWith("text/plain; version=0.0.4");
    });

    test("would find it: it refuses a metric without help", async () => {
      expect((await check("gonogo_requests 1\n")).code).not.toBe(0);
    });
  });
}
