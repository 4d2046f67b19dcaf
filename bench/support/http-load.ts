/** What a run of requests came to. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds that 99 % of the requests took at most. */
  readonly p99: number;
}

const HEAD_END = "\r\n\r\n";

/** Whether the answer is here as a whole; throws when it is not the one that was expected. */
const isWhole = (answer: string): boolean => {
  const end = answer.indexOf(HEAD_END);
  if (end === -1) return false;
  const head = answer.slice(0, end);
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`answered: ${answer}`);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error("an answer says how long it is");
  return answer.length >= end + HEAD_END.length + Number(length);
};

/**
 * So many connections that each send the next request as soon as the last was answered with 200, by a client that does as
 * little as it can: the machine is for the server. For so many seconds, and for `least` requests.
 */
export const load = async (
  port: number,
  requests: () => string,
  {
    connections,
    seconds,
    least = 0,
  }: { readonly connections: number; readonly seconds: number; readonly least?: number },
): Promise<Load> => {
  const took: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1_000;
  const ends: Promise<void>[] = [];
  for (let number = 0; number < connections; number += 1) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    ends.push(promise);
    let sentAt = 0;
    let received = "";
    await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => {
          sentAt = performance.now();
          socket.write(requests());
        },
        data: (socket, chunk) => {
          received += chunk.toString("latin1");
          try {
            if (!isWhole(received)) return;
          } catch (error) {
            reject(error);
            socket.end();
            return;
          }
          received = "";
          const now = performance.now();
          took.push(now - sentAt);
          if (now >= until && took.length >= least) {
            resolve();
            socket.end();
            return;
          }
          sentAt = now;
          socket.write(requests());
        },
        close: () => reject(new Error("a connection was closed before its last answer")),
        error: (_socket, error) => reject(error),
      },
    });
  }
  await Promise.all(ends);
  const elapsed = (performance.now() - started) / 1_000;
  took.sort((a, b) => a - b);
  return {
    requests: took.length,
    perSecond: took.length / elapsed,
    p99: took[Math.floor(took.length * 0.99)] ?? Number.NaN,
  };
};
