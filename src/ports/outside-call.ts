/** What the service calls that can be away, slow or wrong without the service being so. */
export const OUTSIDE_SERVICES = ["smtp", "webhooks", "redis", "database", "witness"] as const;

export type OutsideService = (typeof OUTSIDE_SERVICES)[number];

/** OPEN: nobody is let through. HALF_OPEN: one call is on its way to find out whether the service is back. */
export const CIRCUIT_STATES = ["CLOSED", "OPEN", "HALF_OPEN"] as const;

export type CircuitState = (typeof CIRCUIT_STATES)[number];

export interface OutsideCallOptions {
  /** The task may run several times and leave what one run leaves. Without it a task runs at most once. */
  readonly safeToRepeat?: boolean;
  /** Which of several that are called by this name; each has a circuit of its own. */
  readonly party?: string;
}

/**
 * The one way out: every call to a service outside goes through its circuit breaker, within a time and a number of calls
 * at once. What a task returns is an answer, a refusal too (a mailbox that does not exist); what it throws or does not
 * answer in time is a failure of the service, and enough of them in a row open the circuit.
 *
 * A task must end when its signal is aborted: its caller has then gone on already, and its place is another's.
 */
export interface OutsideCalls {
  /** Rejects with OutsideCallFailure only. */
  run<T>(
    service: OutsideService,
    task: (signal: AbortSignal) => Promise<T>,
    options?: OutsideCallOptions,
  ): Promise<T>;
  /** OPEN stays until a call after the waiting time tries again. Where there are several parties, the worst of theirs. */
  state(service: OutsideService): CircuitState;
}

export type OutsideCallFailureKind =
  /** Not tried: the circuit is open. */
  | "open"
  /** Not tried: too many calls to this service are under way. */
  | "full"
  /** No answer in time; whether the other side acted is not known. */
  | "timeout"
  | "failed";

/** Says what happened and never why in the other side's words: its messages hold addresses and rows. */
export class OutsideCallFailure extends Error {
  override readonly name = "OutsideCallFailure";
  constructor(
    readonly service: OutsideService,
    readonly kind: OutsideCallFailureKind,
    /** The class of what a task threw; null when it threw nothing. */
    readonly exceptionType: string | null,
  ) {
    super(`a call to ${service} was not answered: ${kind}`);
  }
}
