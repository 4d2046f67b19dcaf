import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { LogFields, Logger } from "../../ports/logger.ts";
import { errorTypeOf } from "./attributes.ts";

/** A status of the collector, or what the network says; its messages stay away. */
const failureOf = ({ error }: ExportResult): LogFields => {
  const code = error !== undefined && "code" in error ? String(error.code) : "";
  return {
    exception_type: errorTypeOf(error?.name ?? "Error"),
    ...(/^[A-Z0-9_]{3,30}$/.test(code) ? { failure: code } : {}),
  };
};

/** An exporter that says when spans begin to be lost, and how many were when they arrive again. */
export const tellingExporter = (exporter: SpanExporter, logger: Logger): SpanExporter => {
  let lost = 0;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) {
          if (lost > 0) logger.info("traces_sent_again", { count: lost });
          lost = 0;
        } else {
          if (lost === 0) logger.warn("traces_lost", { ...failureOf(result), count: spans.length });
          lost += spans.length;
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
};
