import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import type { Changes } from "../../src/domain/shared/changes.ts";
import type { CommentId, SubjectId } from "../../src/domain/shared/ids.ts";
import type { Verdict } from "../../src/ports/group-store.ts";
import type { Store } from "../../src/ports/store.ts";
import { startPostgres } from "../../tests/support/postgres.ts";
import { makeAuthor, makeTaken } from "./commits.ts";

type Commit = (changes: Changes) => Promise<Verdict["type"]>;

/** A store with two ways to commit, an author to write comments of, and a comment that is there. */
export interface Place {
  readonly name: "SQLite" | "PostgreSQL";
  readonly grouped: Commit;
  readonly oneByOne: Commit;
  readonly author: SubjectId;
  readonly taken: CommentId;
  close(): Promise<void>;
}

const CONNECTIONS = 10;

/** Hands each commit, as a group of one, to the next of the stores that is free; first come, first served. */
const oneByOne = (stores: readonly Store[]): Commit => {
  const free = [...stores];
  const waiting: ((store: Store) => void)[] = [];
  const take = async (): Promise<Store> => free.pop() ?? new Promise((resolve) => waiting.push(resolve));
  return async (changes) => {
    const store = await take();
    try {
      const [verdict] = await store.groups.commitGroup([changes]);
      return verdict?.type ?? "refused";
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(store);
      else next(store);
    }
  };
};

const place = async (
  name: Place["name"],
  stores: readonly [Store, ...Store[]],
  remove: () => Promise<unknown>,
): Promise<Place> => {
  const [first, ...others] = stores;
  await first.migrator.up();
  const unitOfWork = groupCommit(first.groups);
  const { author, changes } = makeAuthor();
  const { taken, changes: comment } = makeTaken(author);
  await first.groups.commitGroup([changes, comment]);
  return {
    name,
    grouped: async (each) => ((await unitOfWork.commit(each)).ok ? "stored" : "conflict"),
    oneByOne: oneByOne(others.length === 0 ? [first] : others),
    author,
    taken,
    close: async () => {
      await unitOfWork.close();
      for (const store of stores) await store.close();
      await remove();
    },
  };
};

const sqlitePlace = async (): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-commit-"));
  const store = await openSqlite({ path: join(folder, "gonogo.db") });
  return place("SQLite", [store], () => rm(folder, { recursive: true, force: true }));
};

const postgresPlace = async (): Promise<Place> => {
  const server = await startPostgres({ dedicated: true, durable: true });
  const open = () => openPostgres({ url: server.url, poolSize: 1 });
  const others = await Promise.all(Array.from({ length: CONNECTIONS }, open));
  return place("PostgreSQL", [await open(), ...others], server.stop);
};

export const commitPlaces = (only: string): readonly (() => Promise<Place>)[] => [
  ...(only === "postgres" ? [] : [sqlitePlace]),
  ...(only === "sqlite" ? [] : [postgresPlace]),
];
