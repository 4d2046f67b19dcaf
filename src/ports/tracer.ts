import type { OutsideService } from "./outside-call.ts";

/**
 * What a span may say: an allow-list, so that personal data have no attribute to hide in. Names are OpenTelemetry's where
 * it has one. The kind of an error is told by `fail` alone.
 */
export interface SpanAttributes {
  readonly "http.request.method"?: string;
  /** The template of the path, never the path. */
  readonly "http.route"?: string;
  readonly "http.response.status_code"?: number;
  readonly request_id?: string;
  /** Commits that shared one transaction with this one, itself included. */
  readonly "commit.group_size"?: number;
  readonly "service.peer.name"?: OutsideService;
}

/** Something that takes time. It is sent once it has ended, and never when it does not end. Nothing here throws. */
export interface Span {
  /** Runs a task, and whatever goes on from it, inside: spans that begin there are parts of this one. */
  within<T>(task: () => T): T;
  set(attributes: SpanAttributes): void;
  /** The kind of an error in one word, a class or a code: never its message. */
  fail(errorType: string): void;
  end(): void;
}

export type SpanName = "commit" | `call ${OutsideService}`;

/**
 * Tells a collector where time goes, and nothing about persons. Whoever is traced never waits for it: what cannot be sent
 * is dropped.
 */
export interface Tracer {
  /** False: nothing is told, so nothing need be wrapped. */
  readonly on: boolean;
  /**
   * Begins a request. A `traceparent` (W3C Trace Context) makes it part of that trace, and its flag decides whether
   * anything is sent: only ever one that a trusted proxy sent. Null or malformed: a trace of its own.
   */
  request(traceparent: string | null): Span;
  /** Begins a part of the span that this is called within; outside of any, a trace of its own. */
  begin(name: SpanName, attributes: SpanAttributes): Span;
  /** Sends what has ended, for two seconds at most. Never rejects. */
  close(): Promise<void>;
}

export const NO_SPAN: Span = {
  within: (task) => task(),
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

/** Where nobody collects traces. */
export const NO_TRACER: Tracer = {
  on: false,
  request: () => NO_SPAN,
  begin: () => NO_SPAN,
  close: async () => undefined,
};
