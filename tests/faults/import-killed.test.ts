import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { generatedComment, largeWxr } from "../support/large-export.ts";
import { runCli } from "../support/process.ts";

const ROOT = resolve(import.meta.dir, "../..");
const TOTAL = 12_000;
const BATCH = 100;

interface Row {
  readonly id: string;
  readonly source_id: string;
  readonly parent_id: string | null;
  readonly root_id: string;
  readonly depth: number;
}

interface Stored {
  readonly comments: readonly Row[];
  readonly audited: readonly number[];
  readonly emails: number;
  readonly subjects: number;
}

const read = (path: string): Stored => {
  const database = new Database(path, { readonly: true });
  try {
    const count = (sql: string): number => database.query<{ n: number }, []>(sql).get()?.n ?? -1;
    return {
      comments: database
        .query<Row, []>("select id, source_id, parent_id, root_id, depth from comments")
        .all(),
      audited: database
        .query<{ details: string }, []>(
          "select details from audit_entries where action = 'comments.imported'",
        )
        .all()
        .map(({ details }) => (JSON.parse(details) as { comments: number }).comments),
      emails: count("select count(*) as n from identities where kind = 'email'"),
      subjects: count("select count(*) as n from subjects"),
    };
  } finally {
    database.close();
  }
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Starts the import and kills it with SIGKILL once its progress names `percent`; answers what it had said. */
const importAndKill = async (
  settings: Record<string, string>,
  file: string,
  percent: number,
): Promise<string> => {
  const child = Bun.spawn(
    [process.execPath, "src/app/cli/cli.ts", "import", "comments", "--format", "wxr", file],
    {
      cwd: ROOT,
      env: { PATH: process.env["PATH"] ?? "", ...settings },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    },
  );
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stderr) {
    said += decoder.decode(chunk, { stream: true });
    const reached = [...said.matchAll(/(\d+) %/g)].some(([, shown]) => Number(shown) >= percent);
    if (reached) child.kill("SIGKILL");
  }
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  return said;
};

/** What is wrong with the nesting of what is stored, in words. */
const misplaced = (comments: readonly Row[]): readonly string[] => {
  const byId = new Map(comments.map((row) => [row.id, row]));
  const bySource = new Map(comments.map((row) => [row.source_id, row]));
  return comments.flatMap((row) => {
    const { parent } = generatedComment(Number(row.source_id), TOTAL);
    const wanted = bySource.get(String(parent))?.id ?? null;
    if (row.parent_id !== wanted) return [`${row.source_id} is not under ${parent}`];
    const above = row.parent_id === null ? undefined : byId.get(row.parent_id);
    const sound =
      above === undefined
        ? row.root_id === row.id && row.depth === 0
        : row.root_id === above.root_id && row.depth === above.depth + 1;
    return sound ? [] : [`${row.source_id} has the wrong root or depth`];
  });
};

test("SQLite: an import killed again and again leaves whole batches, and completes with nothing doubled", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-import-killed-"));
  const path = join(folder, "gonogo.db");
  const file = join(folder, "export.xml");
  const settings = {
    DATABASE_URL: `sqlite:///${path}`,
    SECRET_KEY: "a secret key for tests only, long enough",
  };
  try {
    const out = Bun.file(file).writer();
    for await (const bytes of largeWxr(TOTAL, 200)()) out.write(bytes);
    await out.end();

    let before = 0;
    for (const percent of [20, 50, 80, 100]) {
      await importAndKill(settings, file, percent);
      const { comments, audited } = read(path);
      expect(comments.length).toBeGreaterThan(before);
      expect(comments.length).toBeLessThan(TOTAL);
      expect(sum(audited)).toBe(comments.length);
      expect(Math.max(...audited)).toBeLessThanOrEqual(BATCH);
      before = comments.length;
    }
    const report = await runCli(settings, "import", "comments", "--format", "wxr", file);
    expect(report).toMatch(new RegExp(`^read +${TOTAL}$`, "m"));
    expect(report).toMatch(/^placed as root +12$/m);

    const { comments, audited, emails, subjects } = read(path);
    expect(comments).toHaveLength(TOTAL);
    expect(new Set(comments.map(({ source_id }) => source_id)).size).toBe(TOTAL);
    expect(sum(audited)).toBe(TOTAL);
    expect(misplaced(comments)).toEqual([]);
    expect({ emails, subjects }).toEqual({ emails: 5_000, subjects: 5_000 });

    const again = await runCli(settings, "import", "comments", "--format", "wxr", file);
    expect(again).toMatch(/^imported +0$/m);
    expect(read(path).comments).toHaveLength(TOTAL);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
