// A SQLite installation that is moved to PostgreSQL, killed half-way and moved on.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import type { Store } from "../../src/ports/store.ts";
import { fill } from "../contract/queries.ts";
import { spawnCli } from "./process.ts";
import { changes, insert, record, reply } from "./records.ts";
import { type Answers, sameAnswers } from "./same-answers.ts";

const A_GROUP = 500;

/** Comments of a few people in a few threads, each with an entry in the trail. */
const addComments = async (store: Store, count: number): Promise<void> => {
  for (let done = 0; done < count; done += A_GROUP) {
    const subject = record("subjects");
    const root = record("comments", { subject_id: subject.id, thread: `/posts/${done % 7}` });
    const rest = Array.from({ length: A_GROUP - 1 }, () => reply(root, { subject_id: subject.id }));
    const members = [
      changes([
        { op: "insert", into: "subjects", row: subject },
        { op: "insert", into: "comments", row: root },
      ]),
      ...rest.map((row) => changes([{ op: "insert", into: "comments", row }])),
    ];
    for (let from = 0; from < members.length; from += 250) {
      const verdicts = await store.groups.commitGroup(members.slice(from, from + 250));
      if (verdicts.some(({ type }) => type !== "stored")) throw new Error("the comments were not stored");
    }
  }
};

export interface Moved {
  readonly secondsKilled: number;
  readonly seconds: number;
  /** What the first run had said when it was killed. */
  readonly before: string;
  readonly said: string;
  readonly audited: number;
  readonly answers: Answers;
}

/** Moves `comments` comments and everything else, killed once its progress names `killAt` percent of the comments; asks about `each` records of every collection. */
export const moveKilledAndResumed = async (
  comments: number,
  url: string,
  killAt: number,
  each: number,
): Promise<Moved> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-move-"));
  const path = join(folder, "gonogo.db");
  const settings = {
    DATABASE_URL: `sqlite:///${path}`,
    SECRET_KEY: "a secret key for tests only, long enough",
  };
  const opened: Store[] = [];
  const keep = (store: Store): Store => {
    opened.push(store);
    return store;
  };
  try {
    const source = await openSqlite({ path });
    await source.migrator.up();
    await fill(source);
    await source.groups.commitGroup([changes([insert("guards"), insert("restore_points")])]);
    await addComments(source, comments);
    await source.close();

    const run = async (kill: boolean) => {
      const began = performance.now();
      const child = spawnCli(settings, "db", "move", "--to", url);
      const out = new Response(child.stdout).text();
      let said = "";
      for await (const chunk of child.stderr) {
        said += new TextDecoder().decode(chunk);
        const reached = [...said.matchAll(/^moving +comments +(\d+) %/gm)].some(
          ([, percent]) => Number(percent) >= killAt,
        );
        if (kill && reached) child.kill("SIGKILL");
      }
      const code = await child.exited;
      if (code !== 0 && !kill) throw new Error(`db move ended with ${code}: ${said}`);
      return {
        said,
        out: await out,
        killed: child.signalCode === "SIGKILL",
        seconds: (performance.now() - began) / 1_000,
      };
    };
    const first = await run(true);
    if (!first.killed) throw new Error("the move ended before it was killed");
    const second = await run(false);
    const one = keep(await openSqlite({ path: `${path}.moved` }));
    const other = keep(await openPostgres({ url, poolSize: 3 }));
    const answers = await sameAnswers(one.readers, other.readers, each);
    let audited = 0;
    for (let after = null as string | null, more = true; more; ) {
      const [here, there] = await Promise.all(
        [one, other].map((store) => store.readers.audit.list(after as never, 1_000)),
      );
      if (!Bun.deepEquals(here, there, true)) throw new Error("the audit trails differ");
      audited += here?.length ?? 0;
      after = here?.at(-1)?.id ?? null;
      more = here?.length === 1_000;
    }
    return {
      secondsKilled: first.seconds,
      seconds: second.seconds,
      before: first.said,
      said: second.out,
      audited,
      answers,
    };
  } finally {
    for (const store of opened) await store.close();
    await rm(folder, { recursive: true, force: true });
  }
};
