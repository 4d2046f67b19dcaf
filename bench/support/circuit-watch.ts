export interface CircuitWatch {
  /** States that a service's circuit was seen in since the last `forget`, in order. */
  seen(service: string): readonly string[];
  forget(): void;
  /** Waits until the circuit is seen in this state; false when it is not by then. */
  until(service: string, state: string, limitMs: number): Promise<boolean>;
  stop(): void;
}

const EVERY_MS = 50;

/** Looks at /health/ready all the time, as a load balancer does. */
export const watchCircuits = (url: string): CircuitWatch => {
  const seen = new Map<string, string[]>();
  const now = new Map<string, string>();
  let stopped = false;
  const look = async (): Promise<void> => {
    while (!stopped) {
      const response = await fetch(`${url}/health/ready`);
      const { circuits } = (await response.json()) as { circuits: Record<string, string> };
      for (const [service, state] of Object.entries(circuits)) {
        now.set(service, state);
        const states = seen.get(service) ?? [];
        if (states.at(-1) !== state) states.push(state);
        seen.set(service, states);
      }
      await Bun.sleep(EVERY_MS);
    }
  };
  void look();
  return {
    seen: (service) => [...(seen.get(service) ?? [])],
    forget: () => seen.clear(),
    until: async (service, state, limitMs) => {
      const limit = performance.now() + limitMs;
      while (now.get(service) !== state && performance.now() < limit) await Bun.sleep(EVERY_MS);
      return now.get(service) === state;
    },
    stop: () => {
      stopped = true;
    },
  };
};

/** The state of a circuit as /metrics tells it. */
export const stateInMetrics = async (url: string, service: string): Promise<string | undefined> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.match(
    new RegExp(`^gonogo_circuit_state\\{service="${service}",state="([A-Z_]+)"\\} 1$`, "m"),
  )?.[1];
};
