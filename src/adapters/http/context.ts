import type { Application } from "../../app/application.ts";
import type { Origin } from "../../domain/anonymization/pseudonym.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdGenerator } from "../../ports/id-generator.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { CircuitState } from "../../ports/outside-call.ts";
import type { RateLimiter } from "../../ports/rate-limiter.ts";
import type { Tracer } from "../../ports/tracer.ts";
import type { TrustedProxies } from "./client-address.ts";
import { type CookieStyle, cookieStyle } from "./credentials.ts";
import { type Origins, originsOf } from "./origins.ts";

export interface HttpSettings {
  /** Where this service is reached from outside, without a slash at the end. */
  readonly publicUrl: string;
  /** Origins whose pages may call with a browser. */
  readonly corsOrigins: readonly string[];
  /** CONSENT_COOKIE_DURATION. */
  readonly consentCookieDays: number;
  readonly trustedProxies: TrustedProxies;
  /** METRICS_TOKEN; null: metrics are for the loopback, while no proxy is configured. */
  readonly metricsToken: string | null;
}

/** What the HTTP adapter stands on. */
export interface ServerDeps {
  readonly application: Application;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  /** Hashes a caller's traces at once; nothing else here ever sees them. */
  readonly requestOrigin: (traces: {
    readonly ip: string | null;
    readonly user_agent: string | null;
  }) => Promise<Origin>;
  readonly rateLimiter: RateLimiter;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  /** States of the circuits, for readiness. */
  readonly circuits: () => Readonly<Record<string, CircuitState>>;
  /** True once the service is about to stop: connections are not kept any more. */
  readonly draining: () => boolean;
  readonly settings: HttpSettings;
}

/** The same with what follows from the settings. */
export interface Service extends ServerDeps {
  readonly cookies: CookieStyle;
  readonly origins: Origins;
  readonly https: boolean;
}

export const serviceOf = (deps: ServerDeps): Service => ({
  ...deps,
  cookies: cookieStyle(deps.settings.publicUrl),
  origins: originsOf(deps.settings.publicUrl, deps.settings.corsOrigins),
  https: deps.settings.publicUrl.startsWith("https:"),
});
