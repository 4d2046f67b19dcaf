import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  type Span as OpenSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { parseTraceParent } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "../../ports/logger.ts";
import type { Span, SpanAttributes, Tracer } from "../../ports/tracer.ts";
import { allowed, errorTypeOf } from "./attributes.ts";
import { tellingExporter } from "./telling-exporter.ts";

export interface TracerOptions {
  /** OTEL_EXPORTER_OTLP_ENDPOINT: the collector's address, to which the path of OTLP/HTTP is added. */
  readonly endpoint: string;
  /** OTEL_SERVICE_NAME. */
  readonly serviceName: string;
  readonly logger: Logger;
  /** Spans that wait to be sent at most; over it they are dropped. */
  readonly waitingMax?: number;
  /** How long spans wait for company. */
  readonly everyMs?: number;
  /** What the collector has to answer, repeats included. */
  readonly answerMs?: number;
}

/** One batch is written down at once, so its size is what a request may wait behind. */
const BATCH_MAX = 128;
const FLUSH_MS = 2_000;

/**
 * Spans by OpenTelemetry's SDK, in batches over OTLP/HTTP (JSON). Nothing is registered globally, nothing is instrumented
 * by itself, and no resource is detected: what is told is what the port's allow-list names.
 */
export const openTracer = (options: TracerOptions): Tracer => {
  const { endpoint, serviceName, logger, waitingMax = 2_048, everyMs = 2_000, answerMs = 5_000 } = options;
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    timeoutMillis: answerMs,
    // Closing sends all that waits at once; on top of it, batches whose answer never ends.
    concurrencyLimit: Math.ceil(waitingMax / BATCH_MAX) + 4,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": serviceName }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: tellingExporter(exporter, logger),
        maxQueueSize: waitingMax,
        maxExportBatchSize: BATCH_MAX,
        scheduledDelayMillis: everyMs,
        exportTimeoutMillis: answerMs + 1_000,
      }),
    ],
  });
  const tracer = provider.getTracer("gonogo");
  const current = new AsyncLocalStorage<Context>();
  return {
    on: true,
    request: (traceparent) => {
      const parent = parentOf(traceparent);
      return spanIn(current, parent, tracer.startSpan("request", { kind: SpanKind.SERVER }, parent));
    },
    begin: (name, attributes) => {
      const parent = current.getStore() ?? ROOT_CONTEXT;
      const kind = name === "commit" ? SpanKind.INTERNAL : SpanKind.CLIENT;
      return spanIn(
        current,
        parent,
        tracer.startSpan(name, { kind, attributes: allowed(attributes) }, parent),
      );
    },
    close: async () => {
      const limit = Promise.withResolvers<"late">();
      const timer = setTimeout(limit.resolve, FLUSH_MS, "late");
      // A batch that fails to be sent has been told of by the exporter.
      const sent = provider.shutdown().catch(() => "failed" as const);
      if ((await Promise.race([sent, limit.promise])) === "late") {
        logger.warn("traces_lost", { failure: "timeout" });
      }
      clearTimeout(timer);
    },
  };
};

/** `tracestate` is not read: it is text of anybody's. */
const parentOf = (traceparent: string | null): Context => {
  const parsed = traceparent === null ? null : parseTraceParent(traceparent);
  return parsed === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parsed, isRemote: true });
};

const spanIn = (current: AsyncLocalStorage<Context>, parent: Context, span: OpenSpan): Span => {
  const inside = trace.setSpan(parent, span);
  let failed = false;
  const fail = (errorType: string): void => {
    failed = true;
    span.setAttribute("error.type", errorType);
    // Without a message: messages quote what a person sent.
    span.setStatus({ code: SpanStatusCode.ERROR });
  };
  return {
    within: (task) => current.run(inside, task),
    set: (attributes) => {
      if (!span.isRecording()) return;
      const told = allowed(attributes);
      span.setAttributes(told);
      const name = nameOf(told as SpanAttributes);
      if (name !== "") span.updateName(name);
      const status = told["http.response.status_code"];
      if (!failed && typeof status === "number" && status >= 500) fail(String(status));
    },
    fail: (errorType) => fail(errorTypeOf(errorType)),
    end: () => span.end(),
  };
};

/** Of a request: its method, and the template of its path where it has one. */
const nameOf = (told: SpanAttributes): string =>
  [told["http.request.method"], told["http.route"]].filter((part) => part !== undefined).join(" ");
