// The real service and, on the port BARE_PORT, a route of Elysia that does one bare indexed SELECT on the same database:
// `check-server.ts` with the service's settings in its environment.
import { Database } from "bun:sqlite";
import { Elysia } from "elysia";
import postgres from "postgres";
import { readSettings } from "../../src/app/config.ts";
import { start } from "../../src/app/main.ts";

const settings = readSettings(process.env);
const { database } = settings;

type Select = (subject: string) => unknown;

const bySqlite = (path: string): Select => {
  const statement = new Database(path, { readonly: true }).query(
    "select purpose_states, gpc from consents where subject_id = ? order by sequence desc limit 1",
  );
  return (subject) => statement.get(subject);
};

const byPostgres = (url: string, connections: number): Select => {
  // Without named statements, as everything here that may go through a transaction pooler.
  const sql = postgres(url, { max: connections, fetch_types: false, prepare: false });
  return async (subject) => {
    const [row] =
      await sql`select purpose_states, gpc from consents where subject_id = ${subject} order by sequence desc limit 1`;
    return row;
  };
};

await start(settings);
const select =
  database.kind === "sqlite" ? bySqlite(database.path) : byPostgres(database.url, database.poolSize);
new Elysia()
  .get("/bare", ({ query }) => select(query["subject"] ?? ""))
  .listen({ hostname: "127.0.0.1", port: Number(process.env["BARE_PORT"]) });
