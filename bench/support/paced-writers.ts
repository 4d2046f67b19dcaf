import { commentOf } from "../../tests/support/comment-writers.ts";

export interface PacedWriters {
  /** From now on requests are written down under this name. */
  phase(name: string): void;
  /** Milliseconds that so much of a phase's requests took at most. */
  percentile(name: string, share: number): number;
  /** Ends every writer after the request it is in; throws when one was answered other than 201. */
  stop(): Promise<void>;
}

const THREADS = 200;

/** Clients that each post a comment, think for about so long, and post the next. */
export const startPacedWriters = (
  url: string,
  tokens: readonly string[],
  { writers, thinkMs }: { readonly writers: number; readonly thinkMs: number },
): PacedWriters => {
  const times = new Map<string, number[]>();
  const faults = new Map<number, number>();
  let into: number[] = [];
  let over = false;

  const write = async (writer: number): Promise<void> => {
    await Bun.sleep(Math.random() * thinkMs);
    for (let turn = 0; !over; turn += 1) {
      const phase = into;
      const began = performance.now();
      const response = await fetch(`${url}/v1/threads/paced-${(writer * 7 + turn) % THREADS}/comments`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${tokens[writer]}` },
        body: JSON.stringify(commentOf(`paced-${writer}-${turn}`, writer)),
      });
      await response.arrayBuffer();
      phase.push(performance.now() - began);
      if (response.status !== 201) faults.set(response.status, (faults.get(response.status) ?? 0) + 1);
      await Bun.sleep(thinkMs * (0.5 + Math.random()));
    }
  };
  const running = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return {
    phase: (name) => {
      into = times.get(name) ?? [];
      times.set(name, into);
    },
    percentile: (name, share) => {
      const sorted = (times.get(name) ?? []).toSorted((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    },
    stop: async () => {
      over = true;
      await running;
      if (faults.size > 0) throw new Error(`answered otherwise: ${JSON.stringify([...faults])}`);
    },
  };
};
