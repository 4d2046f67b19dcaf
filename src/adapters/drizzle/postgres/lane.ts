import postgres from "postgres";
import { sqlStateOf } from "../storage-failure.ts";

/** The connection is gone; whether the server still works on what was sent is not known. */
export class LaneLost extends Error {
  override readonly name = "LaneLost";
  /** The SQLSTATE with which the server ended it, if it said one. */
  readonly code: string;
  constructor(sqlState: string | null = null) {
    super("connection lost");
    this.code = sqlState ?? "CONNECTION_LOST";
  }
}

export type Row = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly rows: readonly Row[];
  /** As the server names it: `SELECT`, `COMMIT`, `ROLLBACK` … */
  readonly command: string;
}

/** One connection for one user at a time, on which transactions are written out statement by statement. */
export interface Lane {
  /** True once nothing more can be sent: open another one. */
  readonly lost: () => boolean;
  /**
   * Sends without waiting for what was sent before; answers come in order. Without parameters the text may hold several
   * statements. Parameters are text as the server reads it. Rejects with the driver's error, or with LaneLost.
   */
  send(text: string, parameters?: readonly string[]): Promise<Answer>;
  /** The same for one statement, with each row as a list of its values. */
  values(text: string, parameters: readonly string[]): Promise<readonly unknown[][]>;
  close(): Promise<void>;
}

export interface LaneOptions {
  readonly url: string;
  readonly name: string;
  readonly connectTimeoutMs: number;
  /** Without an answer for so long the connection counts as gone. */
  readonly answerTimeoutMs: number;
  /** Settings sent with the connection; a transaction pooler refuses those it does not know. */
  readonly startup?: Readonly<Record<string, number>>;
  /** Told of each notification on a channel that was listened to. */
  readonly onNotify?: () => void;
  /** Told, at least once, when the lane is lost or closed. */
  readonly onLost?: () => void;
}

const CONNECTION_ENDED = /^(08|57P0[1-5]$|25P03$)/;

/** The server ends the connection, or it was not the server that spoke: then nothing on it can be relied on. */
const endsConnection = (error: unknown): boolean => CONNECTION_ENDED.test(sqlStateOf(error) ?? "08000");

export type OpenLane = (options: LaneOptions) => Promise<Lane>;

/**
 * What postgres.js 3.4.9 forces: `begin()` is not used, because its own rollback into a closed socket ends the process;
 * a statement sent after the close does the same, and one that waits behind another at the close is never answered, or
 * is sent outside the transaction on the next connection. So the connection is reserved, nothing is sent once it is
 * lost, everybody who waits is told here, and the client is thrown away. A reservation as the first thing asked of a
 * client without `fetch_types` is never answered, hence the question before it.
 */
export const openLane: OpenLane = async (options) => {
  let lost = false;
  const waiting = new Set<(reason: LaneLost) => void>();
  const lose = (reason = new LaneLost()): void => {
    lost = true;
    for (const reject of waiting) reject(reason);
    waiting.clear();
    options.onLost?.();
  };
  const client = postgres(options.url, {
    max: 1,
    prepare: false,
    fetch_types: false,
    connect_timeout: options.connectTimeoutMs / 1_000,
    // A connection that comes up after it was given up closes by itself.
    idle_timeout: 30,
    max_lifetime: null,
    onnotice: () => undefined,
    onclose: () => lose(),
    // Known to the driver and not to its types.
    ...(options.onNotify === undefined ? {} : { onnotify: options.onNotify }),
    connection: { application_name: options.name, ...options.startup },
  });
  const discard = async (): Promise<void> => {
    lose();
    await client.end({ timeout: 0 });
  };

  /** Settles with `work`, or when the lane is lost, or when the time is over. */
  const within = <T>(ms: number, work: Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    waiting.add(reject);
    const timer = setTimeout(discard, ms);
    const done = () => {
      clearTimeout(timer);
      waiting.delete(reject);
    };
    promise.then(done, done);
    work.then(resolve, (error) => {
      const reason = endsConnection(error) ? new LaneLost(sqlStateOf(error)) : error;
      reject(reason);
      if (reason instanceof LaneLost) lose(reason);
    });
    return promise;
  };

  const connect = async (): Promise<postgres.ReservedSql> => {
    await client.unsafe("select 1");
    return client.reserve();
  };
  let sql: postgres.ReservedSql;
  try {
    sql = await within(options.connectTimeoutMs, connect());
  } catch (error) {
    await discard();
    throw error;
  }

  const query = (text: string, parameters: readonly string[]) => {
    if (lost) throw new LaneLost();
    return sql.unsafe<Row[]>(text, [...parameters]);
  };
  return {
    lost: () => lost,
    send: async (text, parameters = []) => {
      const rows = await within(options.answerTimeoutMs, query(text, parameters).execute());
      return { rows, command: rows.command };
    },
    values: async (text, parameters) =>
      within(options.answerTimeoutMs, query(text, parameters).values().execute()),
    close: discard,
  };
};
