import { Counter, Gauge, type Registry } from "prom-client";
import { WATCHED, type Watched } from "../../ports/metrics.ts";

const HELP: Readonly<Record<Watched, string>> = {
  commit_queue_length: "Commits that wait for the store.",
  database_pool_size: "Connections to the database that may be open.",
  database_pool_in_use: "Connections to the database that are in use.",
  mail_outbox_length: "Mails that wait to be sent.",
  webhook_deliveries_open: "What recipients were to be told and have not acknowledged.",
  webhook_acknowledgements_late: "Of that, what they should have acknowledged by now (GDPR Art. 19).",
  privacy_requests_late: "Privacy requests that should have been answered by now (GDPR Art. 12(3)).",
  breach_notices_due_soon: "Breaches of which the authority must be told within 24 hours (GDPR Art. 33(1)).",
  breach_notices_overdue: "Breaches of which the authority should have been told by now (GDPR Art. 33(1)).",
};

/** A store that hangs shall not hang what tells of it. */
const READ_LIMIT_MS = 1_000;

type Read = () => number | Promise<number>;

const answerOf = async (read: Read): Promise<number | null> => {
  const limit = Promise.withResolvers<null>();
  const timer = setTimeout(limit.resolve, READ_LIMIT_MS, null);
  try {
    const value = await Promise.race([read(), limit.promise]);
    return value !== null && Number.isFinite(value) ? value : null;
  } catch {
    // Counted below; whoever owns the source logs why.
    return null;
  } finally {
    clearTimeout(timer);
  }
};

/** Gauges that are read when they are asked for. One that nobody watches, or that does not answer, shows no value. */
export const registerWatched = (registry: Registry): ((what: Watched, read: Read) => void) => {
  const registers = [registry];
  const failures = new Counter({
    name: "gonogo_metric_read_failures_total",
    help: "Numbers that could not be read when the metrics were asked for.",
    labelNames: ["metric"],
    registers,
  });
  const reads = new Map<Watched, Read>();
  for (const what of WATCHED) {
    const gauge: Gauge = new Gauge({
      name: `gonogo_${what}`,
      help: HELP[what],
      registers,
      collect: async () => {
        const read = reads.get(what);
        const value = read === undefined ? null : await answerOf(read);
        if (value !== null) return gauge.set(value);
        gauge.remove();
        if (read !== undefined) failures.inc({ metric: what });
      },
    });
  }
  return (what, read) => {
    reads.set(what, read);
  };
};
