import {
  BrokenCircuitError,
  bulkhead,
  CircuitState as Cockatiel,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  type IBackoff,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  retry,
  TimeoutStrategy,
  timeout,
} from "cockatiel";
import type { Logger } from "../../ports/logger.ts";
import {
  type CircuitState,
  OUTSIDE_SERVICES,
  OutsideCallFailure,
  type OutsideCalls,
  type OutsideService,
} from "../../ports/outside-call.ts";
import { OUTSIDE_LIMITS, type OutsideLimits } from "./limits.ts";

export interface ResilienceOptions {
  /** CIRCUIT_FAILURE_THRESHOLD: failures in a row that open a circuit. */
  readonly failureThreshold: number;
  /** CIRCUIT_TIMEOUT_SECONDS: how long it stays open before one call tries again. */
  readonly openSeconds: number;
  readonly logger: Logger;
  /** Told of every change of a state. */
  readonly onStateChange?: (service: OutsideService, state: CircuitState) => void;
  readonly limits?: Readonly<Record<OutsideService, OutsideLimits>>;
  /** Milliseconds that only go forward. */
  readonly monotonic?: () => number;
}

const STATES: Readonly<Record<Cockatiel, CircuitState>> = {
  [Cockatiel.Closed]: "CLOSED",
  [Cockatiel.Open]: "OPEN",
  [Cockatiel.HalfOpen]: "HALF_OPEN",
  [Cockatiel.Isolated]: "OPEN",
};

/** Cockatiel, outside in: bulkhead, retry, breaker, time-out. The breaker counts every attempt. */
export const makeOutsideCalls = (options: ResilienceOptions): OutsideCalls => {
  const guards = Object.fromEntries(
    OUTSIDE_SERVICES.map((service) => [service, guardsOf(service, options)]),
  ) as Record<OutsideService, Guards>;
  return {
    run: (service, task, { safeToRepeat = false, party = "" } = {}) =>
      guards[service].of(party).run(task, safeToRepeat),
    state: (service) => guards[service].state(),
  };
};

interface Guards {
  of(party: string): Guard;
  state(): CircuitState;
}

/** More parties than anybody has; the circuit that was made first is forgotten when there are. */
const PARTIES_MAX = 1_000;

const WORST_FIRST: readonly CircuitState[] = ["OPEN", "HALF_OPEN", "CLOSED"];

/** The circuits of a service: one for each party, and places that they share. */
const guardsOf = (service: OutsideService, options: ResilienceOptions): Guards => {
  const limits = (options.limits ?? OUTSIDE_LIMITS)[service];
  const places = bulkhead(limits.concurrent, limits.queued);
  const guards = new Map<string, Guard>();
  const state = (): CircuitState => {
    const states = [...guards.values()].map((guard) => guard.state());
    return WORST_FIRST.find((each) => states.includes(each)) ?? "CLOSED";
  };
  const changed = (): void => options.onStateChange?.(service, state());
  return {
    state,
    of: (party) => {
      const known = guards.get(party);
      if (known !== undefined) return known;
      const [oldest] = guards.keys();
      if (guards.size >= PARTIES_MAX && oldest !== undefined) guards.delete(oldest);
      const guard = guardOf(service, options, places, changed);
      guards.set(party, guard);
      return guard;
    },
  };
};

interface Guard {
  run<T>(task: (signal: AbortSignal) => Promise<T>, safeToRepeat: boolean): Promise<T>;
  state(): CircuitState;
}

const guardOf = (
  service: OutsideService,
  options: ResilienceOptions,
  places: ReturnType<typeof bulkhead>,
  onChange: () => void,
): Guard => {
  const limits = (options.limits ?? OUTSIDE_LIMITS)[service];
  const breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(options.failureThreshold),
    halfOpenAfter: waitOf(
      Math.min(options.openSeconds, limits.openSecondsMax ?? Number.POSITIVE_INFINITY) * 1_000,
      options.monotonic ?? (() => performance.now()),
    ),
  });
  breaker.onStateChange((changed) => {
    const state = STATES[changed];
    tell(options.logger, service, state);
    onChange();
  });
  const time = timeout(limits.timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
  const [initialDelay, maxDelay] = limits.backoffMs;
  const again = retry(
    handleWhen((failure) => failure instanceof OutsideCallFailure),
    // Its default generator is decorrelated jitter, so that callers who failed together do not come back together.
    { maxAttempts: limits.retries, backoff: new ExponentialBackoff({ initialDelay, maxDelay }) },
  );

  const once = async <T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    // Cockatiel lets everybody wait for the one that tries a half-open circuit; a request has no time for that.
    if (breaker.state === Cockatiel.HalfOpen) throw new BrokenCircuitError();
    return breaker.execute(() => attempt(service, time, task));
  };
  return {
    run: async (task, safeToRepeat) => {
      try {
        return await places.execute(() =>
          safeToRepeat && limits.retries > 0 ? again.execute(() => once(task)) : once(task),
        );
      } catch (failure) {
        if (failure instanceof OutsideCallFailure) throw failure;
        if (isBrokenCircuitError(failure)) throw new OutsideCallFailure(service, "open", null);
        if (isBulkheadRejectedError(failure)) throw new OutsideCallFailure(service, "full", null);
        throw failure;
      }
    },
    state: () => STATES[breaker.state],
  };
};

const attempt = async <T>(
  service: OutsideService,
  time: ReturnType<typeof timeout>,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  let timedOut = false;
  try {
    return await time.execute(({ signal }) => {
      signal.addEventListener("abort", () => {
        timedOut = true;
      });
      return task(signal);
    });
  } catch (failure) {
    // A task that ends by its signal may throw before the time-out itself does.
    throw timedOut
      ? new OutsideCallFailure(service, "timeout", null)
      : new OutsideCallFailure(service, "failed", failure instanceof Error ? failure.name : typeof failure);
  }
};

/**
 * Cockatiel compares the time of day with this duration, and that may be set back by hours. So the duration follows a
 * clock that only goes forward: endless until the waiting time is over, and over then whatever the time of day says.
 */
const waitOf = (milliseconds: number, monotonic: () => number) => {
  const begin = (): IBackoff<unknown> => {
    const since = monotonic();
    return {
      get duration() {
        return monotonic() - since >= milliseconds ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      },
      next: begin,
    };
  };
  return { next: begin };
};

const tell = (logger: Logger, service: OutsideService, state: CircuitState): void => {
  if (state === "OPEN") logger.warn("circuit_opened", { operation: service });
  else logger.info(state === "CLOSED" ? "circuit_closed" : "circuit_half_open", { operation: service });
};
