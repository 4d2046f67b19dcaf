import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { type Route, route } from "../route.ts";

export const metricsRoutes = ({ metrics }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/metrics",
    operationId: "readMetrics",
    tag: "service",
    summary: "Metrics for Prometheus",
    description:
      "With `METRICS_TOKEN` as the bearer token where it is set, else from the loopback while no proxy is configured. Numbers about the service, nothing about persons.",
    permission: ["metrics"],
    success: { status: 200, description: "Prometheus text", schema: null, contentType: "text/plain" },
    problems: ["credential-required"],
    handle: async () =>
      ok({
        content: { type: "text/plain", value: await metrics.render() },
        headers: { "Content-Type": metrics.contentType },
      }),
  }),
];
