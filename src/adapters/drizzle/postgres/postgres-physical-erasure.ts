import type { Spelling } from "../../../domain/anonymization/find-bytes.ts";
import type { PhysicalErasure } from "../../../ports/physical-erasure.ts";
import { sqlStateOf, storageFailure } from "../storage-failure.ts";
import type { Lane, LaneOptions, OpenLane } from "./lane.ts";

/** Pages of a table that one question goes through: some megabytes. */
const BLOCKS = 1_000;
const INSUFFICIENT_PRIVILEGE = "42501";

const TABLES = `select c.relname, pg_relation_size(c.oid) / current_setting('block_size')::bigint,
    string_agg(quote_ident(a.attname) || '::text', ', ' order by a.attnum)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  where c.relkind in ('r', 'm') and c.relnamespace = current_schema()::regnamespace
    and t.typcategory in ('S', 'U') and t.typname in ('text', 'varchar', 'bpchar', 'name', 'json', 'jsonb', 'bytea')
  group by c.relname, c.oid order by c.relname`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const literal = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, (character) => `\\${character}`);

const patternOf = (spellings: readonly Spelling[]): string =>
  spellings
    .filter(({ text }) => text !== "")
    .map(({ text, word }) =>
      word ? `(^|[^[:alnum:]])${literal(text.toLowerCase())}($|[^[:alnum:]])` : literal(text.toLowerCase()),
    )
    .join("|");

/**
 * Plain vacuum lets go of dead rows while others work; their bytes may stay in a page until it is used again, and in the
 * server's own log until that is recycled. Rewriting tables and statistics takes an exclusive lock on one after another.
 */
export const postgresPhysicalErasure = (options: LaneOptions, openLane: OpenLane): PhysicalErasure => {
  const onLane = async <T>(operation: string, work: (lane: Lane) => Promise<T>): Promise<T> => {
    try {
      const lane = await openLane(options);
      try {
        await lane.send("set statement_timeout = 0");
        return await work(lane);
      } finally {
        await lane.close();
      }
    } catch (error) {
      throw storageFailure(operation, error);
    }
  };
  const tablesOf = (lane: Lane) => lane.values(TABLES, []);
  /** What only the owner of the cluster may do is left to him: docs/erasure.md says so. */
  const ifAllowed = async (lane: Lane, text: string): Promise<boolean> => {
    try {
      await lane.send(text);
      return true;
    } catch (error) {
      if (sqlStateOf(error) === INSUFFICIENT_PRIVILEGE) return false;
      throw error;
    }
  };
  return {
    scrub: () =>
      onLane("erasure.vacuum", async (lane) => {
        for (const [name] of await tablesOf(lane))
          await lane.send(`vacuum (analyze) ${quoted(String(name))}`);
        return { complete: true };
      }),
    maintain: () =>
      onLane("erasure.rewrite", async (lane) => {
        for (const [name] of await tablesOf(lane)) {
          await lane.send(`vacuum (full, analyze) ${quoted(String(name))}`);
        }
        const statistics = await ifAllowed(lane, "vacuum (full) pg_catalog.pg_statistic");
        const written = await ifAllowed(lane, "checkpoint");
        return { complete: statistics && written };
      }),
    find: (spellings) =>
      onLane("erasure.find", async (lane) => {
        const pattern = patternOf(spellings);
        const places: string[] = [];
        if (pattern === "") return places;
        for (const [name, blocks, columns] of await tablesOf(lane)) {
          const table = String(name);
          for (let from = 0; from <= Number(blocks); from += BLOCKS) {
            const [row] = await lane.values(
              `select exists (select 1 from ${quoted(table)} where ctid >= '(${from},0)' and ctid < '(${from + BLOCKS},0)'
                and lower(concat_ws(' ', ${String(columns)})) ~ $1::text)`,
              [pattern],
            );
            if (row?.[0] === true || row?.[0] === "t") {
              places.push(table);
              break;
            }
          }
        }
        return places;
      }),
  };
};
