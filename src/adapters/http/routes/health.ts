import { t } from "elysia";
import { err, ok } from "../../../domain/shared/result.ts";
import { CIRCUIT_STATES } from "../../../ports/outside-call.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { named, oneOf, record } from "../schemas/kinds.ts";

const Health = named("Health", record({ status: oneOf(["ok"]) }));

const Readiness = named(
  "Readiness",
  record({
    status: oneOf(["ok"]),
    circuits: t.Record(t.String(), oneOf(CIRCUIT_STATES), {
      description: "Circuit breakers of the services outside: an OPEN one costs its feature, not the service",
    }),
  }),
);

export const healthRoutes = ({ application, circuits }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/health/live",
    operationId: "isLive",
    tag: "service",
    summary: "The process is up",
    permission: ["none"],
    success: { status: 200, description: "It is", schema: Health },
    problems: [],
    handle: async () => ok(json({ status: "ok" })),
  }),
  route({
    method: "GET",
    path: "/health/ready",
    operationId: "isReady",
    tag: "service",
    summary: "The database answers and its schema is current",
    permission: ["none"],
    success: { status: 200, description: "Ready", schema: Readiness },
    problems: ["not-ready"],
    handle: async () => {
      const failing = await application.health.failing();
      return failing.length === 0
        ? ok(json({ status: "ok", circuits: circuits() }))
        : err({ type: "not-ready", failing });
    },
  }),
];
