import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import { openTracer, type TracerOptions } from "../../src/adapters/opentelemetry/open-tracer.ts";
import { tracedCalls } from "../../src/adapters/opentelemetry/traced-calls.ts";
import { tracedCommits } from "../../src/adapters/opentelemetry/traced-commits.ts";
import { makeOutsideCalls } from "../../src/adapters/resilience/outside-calls.ts";
import type { GroupStore } from "../../src/ports/group-store.ts";
import type { LogFields, Logger } from "../../src/ports/logger.ts";
import { NO_TRACER, type Span, type SpanAttributes, type Tracer } from "../../src/ports/tracer.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { changes, insert } from "../support/records.ts";

const SECRET = "ada@example.org from 192.0.2.1";

const collectors: Collector[] = [];

afterEach(async () => {
  for (const collector of collectors.splice(0)) await collector.stop();
});

interface Told {
  readonly event: string;
  readonly fields: LogFields | undefined;
}

type Limits = Pick<TracerOptions, "waitingMax" | "everyMs" | "answerMs">;

const given = (options: Limits = {}) => {
  const collector = startCollector();
  collectors.push(collector);
  const told: Told[] = [];
  const tell = (event: string, fields?: LogFields): void => void told.push({ event, fields });
  const logger: Logger = { info: tell, warn: tell, error: tell };
  const tracer = openTracer({
    endpoint: `${collector.endpoint}/`,
    serviceName: "consents",
    logger,
    ...options,
  });
  return { collector, tracer, told, logger };
};

const end = (span: Span): void => span.end();

/** A span that says something and is over. */
const once = (tracer: Tracer, attributes: SpanAttributes = {}): void =>
  end(tracer.begin("commit", attributes));

const named = ({ spans }: Collector, name: string) => {
  const found = spans.filter((span) => span.name === name);
  const [only] = found;
  if (found.length !== 1 || only === undefined) throw new Error(`${found.length} spans are called ${name}`);
  return only;
};

describe("what is told", () => {
  test("is what the list allows, whatever a caller says", async () => {
    const { collector, tracer } = given();
    const request = tracer.request(null);
    request.set({
      "http.request.method": "GET",
      "http.route": "/v1/comments/:id",
      "http.response.status_code": 200,
      request_id: "0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee",
    });
    request.end();
    const crooked = tracer.request(null);
    const forbidden = {
      "http.request.method": `GET ${SECRET}`,
      "http.route": `/v1/comments/${SECRET}`,
      "http.response.status_code": SECRET,
      request_id: SECRET,
      "commit.group_size": [SECRET],
      "service.peer.name": SECRET,
      "url.path": "/v1/comments/7",
      "user_agent.original": SECRET,
      "client.address": "192.0.2.1",
      toString: SECRET,
    };
    crooked.set(forbidden as unknown as SpanAttributes);
    crooked.end();
    tracer.begin("call smtp", forbidden as unknown as SpanAttributes).end();
    await tracer.close();

    expect(named(collector, "GET /v1/comments/:id")).toMatchObject({
      kind: 2,
      status: { code: 0 },
      attributes: {
        "http.request.method": "GET",
        "http.route": "/v1/comments/:id",
        "http.response.status_code": 200,
        request_id: "0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee",
      },
    });
    expect(named(collector, "request").attributes).toEqual({});
    expect(named(collector, "call smtp").attributes).toEqual({});
    for (const span of collector.spans) {
      expect([span.events, span.links, span.resource]).toEqual([[], [], { "service.name": "consents" }]);
    }
    expect(collector.raw.join("\n")).not.toContain("192.0.2.1");
    expect(collector.raw.join("\n")).not.toContain("ada@example.org");
  });

  test("of an error is its kind, and of a failed answer its status", async () => {
    const { collector, tracer } = given();
    for (const [errorType, status] of [
      ["TypeError", 500],
      [SECRET, 500],
      [null, 503],
      [null, 404],
    ] as const) {
      const request = tracer.request(null);
      if (errorType !== null) request.fail(errorType);
      request.set({ "http.response.status_code": status });
      request.end();
    }
    await tracer.close();
    const errors = collector.spans.map(({ status, attributes }) => [status, attributes["error.type"]]);
    expect(errors).toEqual([
      [{ code: 2 }, "TypeError"],
      [{ code: 2 }, "Error"],
      [{ code: 2 }, "503"],
      [{ code: 0 }, undefined],
    ]);
  });
});

describe("a trace", () => {
  test("holds what goes on within a request, and not what goes on in the one beside it", async () => {
    const { collector, tracer } = given();
    const gate = Promise.withResolvers<void>();
    const serve = (route: string, attributes: SpanAttributes): Promise<void> => {
      const request = tracer.request(null);
      return request.within(async () => {
        await gate.promise;
        const commit = tracer.begin("commit", attributes);
        await commit.within(async () => {
          await Bun.sleep(1);
          tracer.begin("call redis", attributes).end();
        });
        commit.end();
        request.set({ "http.request.method": "GET", "http.route": route });
        request.end();
      });
    };
    const both = [serve("/one", { "commit.group_size": 1 }), serve("/two", { "commit.group_size": 2 })];
    gate.resolve();
    await Promise.all(both);
    await tracer.close();
    expect(collector.spans).toHaveLength(6);
    for (const [name, size] of [
      ["GET /one", 1],
      ["GET /two", 2],
    ] as const) {
      const request = named(collector, name);
      const parts = collector.spans.filter(({ attributes }) => attributes["commit.group_size"] === size);
      const commit = parts.find((span) => span.name === "commit");
      const call = parts.find((span) => span.name === "call redis");
      expect([commit?.traceId, call?.traceId]).toEqual([request.traceId, request.traceId]);
      expect([commit?.parentSpanId, call?.parentSpanId]).toEqual([request.spanId, commit?.spanId as string]);
      expect(request.parentSpanId).toBeUndefined();
    }
  });

  test("goes on from a traceparent; what is none begins one of its own", async () => {
    const { collector, tracer } = given();
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    end(tracer.request(`00-${traceId}-00f067aa0ba902b7-01`));
    for (const crooked of [
      null,
      "",
      SECRET,
      `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
      `00-${traceId}-${"0".repeat(16)}-01`,
      `ff-${traceId}-00f067aa0ba902b7-01`,
      `00-${traceId}-00f067aa0ba902b7-01-${SECRET}`,
      `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    ]) {
      end(tracer.request(crooked));
    }
    // Whoever asks for no trace gets none, and no part of one.
    const unsampled = tracer.request(`00-${"a".repeat(32)}-00f067aa0ba902b7-00`);
    unsampled.within(() => once(tracer));
    unsampled.end();
    await tracer.close();
    expect(collector.spans).toHaveLength(9);
    const [first, ...others] = collector.spans;
    expect(first).toMatchObject({ traceId, parentSpanId: "00f067aa0ba902b7" });
    for (const other of others) {
      expect(other.traceId).not.toBe(traceId);
      expect(other.parentSpanId).toBeUndefined();
    }
  });
});

describe("a call to a service outside", () => {
  test("is a span with its name and, when it fails, how", async () => {
    const { collector, tracer, logger } = given();
    const calls = tracedCalls(makeOutsideCalls({ failureThreshold: 2, openSeconds: 60, logger }), tracer);
    expect(await calls.run("smtp", async () => "sent")).toBe("sent");
    const fails = () => calls.run("webhooks", () => Promise.reject(new TypeError(SECRET)));
    for (const kind of ["failed", "failed", "open"]) await expect(fails()).rejects.toMatchObject({ kind });
    expect(calls.state("webhooks")).toBe("OPEN");
    await tracer.close();
    expect(named(collector, "call smtp")).toMatchObject({
      kind: 3,
      status: { code: 0 },
      attributes: { "service.peer.name": "smtp" },
    });
    const webhooks = collector.spans.filter(({ name }) => name === "call webhooks");
    expect(webhooks.map(({ attributes }) => attributes["error.type"])).toEqual([
      "TypeError",
      "TypeError",
      "open",
    ]);
    expect(collector.raw.join("\n")).not.toContain("ada@example.org");
  });
});

describe("a commit", () => {
  test("is a span that says with how many others it was stored, or how it failed", async () => {
    const { collector, tracer } = given();
    const traced = tracedCommits(tracer);
    const verdicts: GroupStore = {
      commitGroup: async (members) => {
        if (members.length === 1) throw new StorageFailure("lost", "unknown", SECRET);
        return members.map((_, index) => ({ type: index === 0 ? "conflict" : "stored" }));
      },
    };
    const unitOfWork = traced.unitOfWork(groupCommit(traced.groups(verdicts)));
    const commits = Array.from({ length: 3 }, () => changes([insert("comments")]));
    const answers = await Promise.all(commits.map(unitOfWork.commit));
    expect(answers.map(({ ok }) => ok)).toEqual([false, true, true]);
    await expect(unitOfWork.commit(changes([insert("comments")]))).rejects.toMatchObject({ kind: "lost" });
    await unitOfWork.close();
    await tracer.close();
    expect(collector.spans.map(({ name, attributes }) => [name, attributes])).toEqual([
      ...Array(3).fill(["commit", { "commit.group_size": 3 }]),
      ["commit", { "commit.group_size": 1, "error.type": "lost" }],
    ]);
    expect(collector.raw.join("\n")).not.toContain("ada@example.org");
  });
});

describe("a collector", () => {
  test("gets all that waits when the tracer is closed", async () => {
    const { collector, tracer, told } = given();
    for (let count = 0; count < 2_000; count += 1) once(tracer);
    await tracer.close();
    expect([collector.spans.length, told]).toEqual([2_000, []]);
  });

  test("that is away is told of once, and its return with what was lost", async () => {
    const { collector, tracer, told } = given({ everyMs: 1 });
    collector.behave("refuse");
    for (const batches of [1, 2, 3]) {
      once(tracer);
      await collector.arrived(batches);
    }
    const lost = {
      event: "traces_lost",
      fields: { exception_type: "OTLPExporterError", failure: "400", count: 1 },
    };
    while (told.length === 0) await Bun.sleep(1);
    collector.behave("take");
    once(tracer);
    await tracer.close();
    expect(told[0]).toEqual(lost);
    expect(told.map(({ event }) => event)).toEqual(["traces_lost", "traces_sent_again"]);
    expect(collector.spans.length + (told[1]?.fields?.count ?? 0)).toBe(4);
  });

  test("that is not there, or never answers, is given up, and the spans with it", async () => {
    const { collector, tracer, told } = given({ everyMs: 1, answerMs: 200 });
    collector.behave("hang");
    once(tracer);
    while (told.length === 0) await Bun.sleep(5);
    await collector.stop();
    once(tracer);
    await tracer.close();
    expect(told).toEqual([{ event: "traces_lost", fields: { exception_type: "Error", count: 1 } }]);
    const away = given({ answerMs: 200 });
    await away.collector.stop();
    once(away.tracer);
    await away.tracer.close();
    expect(away.told).toEqual([
      { event: "traces_lost", fields: { exception_type: "Error", failure: "ECONNREFUSED", count: 1 } },
    ]);
  });

  test("that hangs is given a bounded number of spans, and a stop does not wait for it", async () => {
    const { collector, tracer, told } = given({ waitingMax: 200 });
    collector.behave("hang");
    // One full batch goes out at once, the rest has room for 200.
    for (let count = 0; count < 128; count += 1) once(tracer);
    await collector.arrived(1);
    for (let count = 0; count < 5_000; count += 1) once(tracer);
    await tracer.close();
    // It still lets all of them wait: nothing above waited for an answer.
    expect(collector.held()).toBe(3);
    expect(told.at(-1)).toEqual({ event: "traces_lost", fields: { failure: "timeout" } });
    const sent = collector.raw.join("\n").match(/"spanId"/g)?.length;
    expect(sent).toBe(128 + 200);
    // After its end a span is nobody's matter any more, and no mistake.
    once(tracer);
  });
});

describe("where nobody collects", () => {
  test("nothing is wrapped", () => {
    const { unitOfWork, groups } = tracedCommits(NO_TRACER);
    const store = { commitGroup: async () => [] };
    const work = { commit: () => Promise.reject(new Error("not asked")), close: async () => undefined };
    const calls = makeOutsideCalls({
      failureThreshold: 1,
      openSeconds: 1,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    expect(groups(store)).toBe(store);
    expect(unitOfWork(work)).toBe(work);
    expect(tracedCalls(calls, NO_TRACER)).toBe(calls);
    expect(NO_TRACER.request("anything").within(() => "as it is")).toBe("as it is");
  });

  test("the SDK is not loaded", async () => {
    const count = `Object.keys(require.cache).filter((path) => /@opentelemetry.(sdk-trace|exporter)/.test(path)).length`;
    const program = `
      await import("./src/app/main.ts");
      const before = ${count};
      await import("./src/adapters/opentelemetry/open-tracer.ts");
      console.log(JSON.stringify([before, ${count} > 0]));`;
    const child = Bun.spawn([process.execPath, "--no-env-file", "-e", program], {
      cwd: join(import.meta.dir, "../.."),
      stdout: "pipe",
    });
    expect(JSON.parse(await new Response(child.stdout).text())).toEqual([0, true]);
  });
});
