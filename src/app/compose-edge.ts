import { parseTrustedProxies, type TrustedProxies } from "../adapters/http/client-address.ts";
import { tracedCalls } from "../adapters/opentelemetry/traced-calls.ts";
import { openRateLimiter } from "../adapters/rate-limit/rate-limiter.ts";
import { guardedMailer } from "../adapters/resilience/guarded-mailer.ts";
import { guardedWebhooks } from "../adapters/resilience/guarded-webhooks.ts";
import { makeOutsideCalls } from "../adapters/resilience/outside-calls.ts";
import type { Logger } from "../ports/logger.ts";
import type { Mailer } from "../ports/mailer.ts";
import type { Metrics } from "../ports/metrics.ts";
import { type CircuitState, OUTSIDE_SERVICES, type OutsideCalls } from "../ports/outside-call.ts";
import type { RateLimiter } from "../ports/rate-limiter.ts";
import { NO_TRACER, type Tracer } from "../ports/tracer.ts";
import type { SendWebhook } from "../ports/webhook-sender.ts";
import type { Service } from "./compose.ts";
import type { Settings } from "./config.ts";

/** What stands between the network and the use cases, and between the service and what it calls. */
export interface Edge {
  readonly metrics: Metrics;
  readonly calls: OutsideCalls;
  readonly rateLimiter: RateLimiter;
  readonly mailer: Mailer;
  readonly sendWebhook: SendWebhook;
  readonly trustedProxies: TrustedProxies;
  circuits(): Readonly<Record<string, CircuitState>>;
  close(): Promise<void>;
}

/** Loaded only where somebody collects traces: a start without them need not wait for it. */
export const openTracing = async ({ tracing }: Settings, logger: Logger): Promise<Tracer> => {
  if (tracing === null) return NO_TRACER;
  const { openTracer } = await import("../adapters/opentelemetry/open-tracer.ts");
  return openTracer({ ...tracing, logger });
};

/** The circuits around whatever is called outside. */
export const openOutsideCalls = (settings: Settings, { metrics, tracer, logger }: Watchers): OutsideCalls =>
  tracedCalls(
    makeOutsideCalls({
      failureThreshold: settings.circuit.failureThreshold,
      openSeconds: settings.circuit.timeoutSeconds,
      logger,
      onStateChange: metrics.circuitChanged,
    }),
    tracer,
  );

/** Who is told what happens at the edge. */
export interface Watchers {
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly logger: Logger;
}

/** Wires it by settings. Which outside services there are is what the settings name. */
export const composeEdge = async (
  settings: Settings,
  service: Service,
  calls: OutsideCalls,
  { metrics, logger }: Pick<Watchers, "metrics" | "logger">,
): Promise<Edge> => {
  const rateLimiter = await openRateLimiter({
    perMinute: settings.rateLimitPerMinute,
    servicePerMinute: settings.serviceRateLimitPerMinute,
    redis:
      settings.redisUrl === null
        ? null
        : { url: settings.redisUrl, secret: service.sharedSecret, outsideCalls: calls },
    clock: service.deps.clock,
    logger,
  });
  const used = OUTSIDE_SERVICES.filter(
    (name) =>
      (name === "smtp" && settings.smtpUrl !== null) ||
      (name === "redis" && settings.redisUrl !== null) ||
      (name === "witness" && settings.witnessUrl !== null) ||
      (name === "database" && settings.database.kind === "postgres"),
  );
  return {
    metrics,
    calls,
    rateLimiter,
    mailer: guardedMailer(service.mailer, calls),
    sendWebhook: guardedWebhooks(service.webhookSender, calls),
    trustedProxies: parseTrustedProxies(settings.trustedProxies),
    circuits: () => Object.fromEntries(used.map((name) => [name, calls.state(name)])),
    close: async () => {
      await rateLimiter.close();
      metrics.close();
    },
  };
};
