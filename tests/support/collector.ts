/** A span as it arrived: OTLP's JSON, with its attributes as one record. */
export interface ArrivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent in the first span of a trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly status: { readonly code: number; readonly message?: string };
  readonly events: readonly unknown[];
  readonly links: readonly unknown[];
  readonly traceState?: string;
  readonly resource: Readonly<Record<string, string | number>>;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ArrivedSpan, "attributes" | "resource"> & {
        readonly attributes: readonly Attribute[];
      })[];
    }[];
  }[];
}

const recordOf = (attributes: readonly Attribute[]): Record<string, string | number> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => {
      const known = value.stringValue ?? value.intValue;
      if (known === undefined) throw new Error(`${key} is neither a text nor a whole number`);
      return [key, known];
    }),
  );

const spansOf = ({ resourceSpans }: Export): ArrivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: recordOf(span.attributes),
        resource: recordOf(resource.attributes),
      })),
    ),
  );

export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  readonly spans: readonly ArrivedSpan[];
  /** Everything that was sent, as it was: path, headers and body. */
  readonly raw: readonly string[];
  /** What it does with the next batches: takes them, refuses them, or never answers. */
  behave(how: "take" | "refuse" | "hang"): void;
  /** Batches that wait for an answer. */
  held(): number;
  /** Resolves when so many batches have arrived. */
  arrived(batches: number): Promise<void>;
  /** Answers whoever it let wait, and stops. */
  stop(): Promise<void>;
}

/** A collector of OpenTelemetry traces over OTLP/HTTP that keeps what it is sent. */
export const startCollector = (port = 0): Collector => {
  const spans: ArrivedSpan[] = [];
  const raw: string[] = [];
  const released = Promise.withResolvers<void>();
  const waiting: { readonly batches: number; readonly resolve: () => void }[] = [];
  let behaviour: "take" | "refuse" | "hang" = "take";
  let held = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    idleTimeout: 0,
    fetch: async (request) => {
      const text = await request.text();
      const { pathname } = new URL(request.url);
      raw.push([request.method, request.url, JSON.stringify([...request.headers]), text].join("\n"));
      const how = behaviour;
      if (how === "hang") held += 1;
      for (const each of waiting) if (raw.length >= each.batches) each.resolve();
      if (how === "hang") {
        await released.promise;
        held -= 1;
      }
      if (how === "refuse") return new Response(null, { status: 400 });
      if (pathname !== "/v1/traces") return new Response(null, { status: 404 });
      spans.push(...spansOf(JSON.parse(text) as Export));
      return Response.json({});
    },
  });
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    spans,
    raw,
    behave: (how) => {
      behaviour = how;
    },
    held: () => held,
    arrived: (batches) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ batches, resolve });
      if (raw.length >= batches) resolve();
      return promise;
    },
    stop: async () => {
      released.resolve();
      await server.stop(true);
    },
  };
};
