import { commentOf } from "../../tests/support/comment-writers.ts";

export interface SteadyLoad {
  /** From now on requests are written down under this name. */
  phase(name: string): void;
  /** Milliseconds of the requests that began in a phase of this name. */
  readonly times: ReadonlyMap<string, readonly number[]>;
  /** What was answered other than it should be, and how often. */
  readonly faults: ReadonlyMap<string, number>;
  /** Addresses for which a mail was promised (202). */
  readonly promised: ReadonlySet<string>;
  /** Asks for no more mails; the other requests go on. */
  endMails(): void;
  stop(): Promise<void>;
}

const TICK_MS = 5;
const THREADS = 40;

/**
 * Requests at a steady rate, whatever becomes of those before: a service that stalls is met by all who come meanwhile, as
 * it is by people. Of twenty, fifteen read a thread, two read what is consented, two comment, one asks for a mail.
 */
export const startSteadyLoad = (url: string, tokens: readonly string[], perSecond: number): SteadyLoad => {
  const times = new Map<string, number[]>();
  const faults = new Map<string, number>();
  const promised = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let name = "";
  let current: number[] = [];
  let mails = true;
  let sent = 0;

  const requestOf = (at: number): { path: string; status: number; json?: object; mailTo?: string } => {
    const thread = `/v1/threads/load-${at % THREADS}/comments`;
    const turn = at % 20;
    if (turn === 19 && mails) {
      const mailTo = `somebody-${at}@example.org`;
      return { path: "/v1/sign-in-links", status: 202, json: { email: mailTo }, mailTo };
    }
    if (turn === 17 || turn === 18) {
      return { path: thread, status: 201, json: commentOf(`mark-${at}-0-`, at % tokens.length) };
    }
    return { path: turn === 15 || turn === 16 ? "/v1/consents/current" : thread, status: 200 };
  };

  const ask = async (at: number): Promise<void> => {
    const { path, status, json, mailTo } = requestOf(at);
    const into = current;
    const phase = name;
    const began = performance.now();
    let got: string;
    try {
      const response = await fetch(url + path, {
        method: json === undefined ? "GET" : "POST",
        headers: {
          authorization: `Bearer ${tokens[at % tokens.length]}`,
          ...(json === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      await response.arrayBuffer();
      got = String(response.status);
    } catch (error) {
      got = error instanceof Error ? error.name : "unknown";
    }
    into.push(performance.now() - began);
    if (got === String(status)) {
      if (mailTo !== undefined) promised.add(mailTo);
    } else {
      const what = `${phase}: ${got}`;
      faults.set(what, (faults.get(what) ?? 0) + 1);
    }
  };

  const started = performance.now();
  const ticking = setInterval(() => {
    const due = ((performance.now() - started) / 1_000) * perSecond;
    while (sent < due) {
      const asked = ask(sent).finally(() => underWay.delete(asked));
      underWay.add(asked);
      sent += 1;
    }
  }, TICK_MS);
  return {
    times,
    faults,
    promised,
    phase: (next) => {
      name = next;
      current = times.get(next) ?? [];
      times.set(next, current);
    },
    endMails: () => {
      mails = false;
    },
    stop: async () => {
      clearInterval(ticking);
      await Promise.all(underWay);
    },
  };
};
