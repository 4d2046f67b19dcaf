import { Gauge, Histogram, Registry } from "prom-client";
import type { Metrics } from "../../ports/metrics.ts";
import { CIRCUIT_STATES, OUTSIDE_SERVICES } from "../../ports/outside-call.ts";
import { RATE_LIMIT_BUDGETS } from "../../ports/rate-limiter.ts";
import { closedLabel } from "./closed-label.ts";
import { durationTally } from "./duration-tally.ts";
import { sampleEventLoopLag } from "./event-loop-lag.ts";
import { registerProcess } from "./process-metrics.ts";
import { tally } from "./tally.ts";
import { registerWatched } from "./watched-gauges.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"] as const;

/** What this service answers; a code that is not here is a surprise worth `other`. */
const STATUSES = (
  "200 201 202 204 206 301 302 303 304 307 308 400 401 403 404 405 406 408 409 410 411 412 413 414 415 " +
  "422 428 429 431 500 501 503"
).split(" ");

/** Requests are answered in a millisecond or wait for a group's fsync. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const LAG_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

const methodLabel = closedLabel(METHODS, "other");
const statusLabel = closedLabel(STATUSES, "other");
const budgetLabel = closedLabel(RATE_LIMIT_BUDGETS, "other");
const serviceLabel = closedLabel(OUTSIDE_SERVICES, "other");

/** A registry of its own: prom-client's default one is shared by whatever else runs in the process. */
export const makeMetrics = (): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const request = tally({
    name: "gonogo_http_requests_total",
    help: "Requests answered.",
    labelNames: ["method", "path_template", "status_code"],
    registers,
  });
  const requestTook = durationTally({
    name: "gonogo_http_request_duration_seconds",
    help: "From the request's arrival to its answer.",
    labelNames: ["method", "path_template"],
    buckets: SECONDS,
    registry,
  });
  const groupSizes = new Histogram({
    name: "gonogo_commit_group_members",
    help: "Commits that shared one database transaction.",
    buckets: GROUP_SIZES,
    registers,
  });
  const groupDurations = new Histogram({
    name: "gonogo_commit_group_duration_seconds",
    help: "From handing a group to the store to its answer.",
    labelNames: ["answered"],
    buckets: SECONDS,
    registers,
  });
  const batchDurations = new Histogram({
    name: "gonogo_retention_batch_duration_seconds",
    help: "How long others may have waited for a batch of a retention run.",
    buckets: SECONDS,
    registers,
  });
  const decision = tally({
    name: "gonogo_rate_limit_decisions_total",
    help: "Requests counted against a budget, by all instances together (shared) or by this one.",
    labelNames: ["budget", "decision", "counted"],
    registers,
  });
  const circuits = new Gauge({
    name: "gonogo_circuit_state",
    help: "1 for the state that a service's circuit is in.",
    labelNames: ["service", "state"],
    registers,
  });
  const lag = new Histogram({
    name: "gonogo_event_loop_lag_seconds",
    help: "How much later than asked a timer came.",
    buckets: LAG_SECONDS,
    registers,
  });
  const watch = registerWatched(registry);
  registerProcess(registry);
  const sampler = sampleEventLoopLag((seconds) => lag.observe(seconds));

  let pathLabel = closedLabel([], "unmatched");
  const circuitChanged: Metrics["circuitChanged"] = (service, state) => {
    for (const each of CIRCUIT_STATES) {
      circuits.set({ service: serviceLabel(service), state: each }, each === state ? 1 : 0);
    }
  };
  for (const service of OUTSIDE_SERVICES) circuitChanged(service, "CLOSED");

  return {
    knowPathTemplates: (templates) => {
      pathLabel = closedLabel(templates, "unmatched");
    },
    requestProcessed: ({ method, path_template, status_code, duration_ms }) => {
      const labels = [methodLabel(method), pathLabel(path_template)] as const;
      request(...labels, statusLabel(String(status_code)));
      requestTook(secondsOf(duration_ms), ...labels);
    },
    groupCommitted: ({ members, milliseconds, answered }) => {
      groupSizes.observe(Number.isFinite(members) ? members : 0);
      groupDurations.observe({ answered: String(answered === true) }, secondsOf(milliseconds));
    },
    retentionBatch: (milliseconds) => batchDurations.observe(secondsOf(milliseconds)),
    requestCounted: ({ budget, admitted, shared }) =>
      decision(budgetLabel(budget), admitted ? "admitted" : "refused", shared ? "shared" : "local"),
    circuitChanged,
    watch,
    render: () => registry.metrics(),
    contentType: registry.contentType,
    close: sampler.stop,
  };
};

/** prom-client throws on what is no number. */
const secondsOf = (milliseconds: number): number =>
  Number.isFinite(milliseconds) ? milliseconds / 1_000 : 0;
