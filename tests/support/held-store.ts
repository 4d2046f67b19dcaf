import { Database } from "bun:sqlite";

/** Holds the write lock of an SQLite file, as another process may: whoever reads goes on, whoever writes waits. */
export const holdSqlite = (path: string): { release(): void } => {
  const database = new Database(path, { readwrite: true, create: false });
  database.run("pragma busy_timeout = 5000");
  database.run("begin immediate");
  return {
    release: () => {
      database.run("rollback");
      database.close();
    },
  };
};

/** A number from the metrics of a service on this machine; null where it is not told. */
export const metricOf = async (url: string, name: string): Promise<number | null> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
};
