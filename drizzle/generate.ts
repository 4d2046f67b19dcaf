// Writes migrations from the schema files. `bun run db:generate` alone writes again what the snapshots say and fails
// when the schema has moved on; `bun run db:generate NAME` adds a migration. The way back is written by hand.
import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  generateDrizzleJson,
  generateMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from "drizzle-kit/api";
import { postgresMachinery, postgresSchema } from "../src/adapters/drizzle/schema.postgres.ts";
import { sqliteMachinery, sqliteSchema } from "../src/adapters/drizzle/schema.sqlite.ts";

interface Dialect<Snapshot> {
  readonly folder: string;
  readonly empty: Snapshot;
  readonly wanted: Snapshot;
  readonly diff: (from: Snapshot, to: Snapshot) => Promise<string[]>;
}

const NUMBERED = /^(\d{4})_([a-z0-9_]+)\.sql$/;
const NAME = /^[a-z0-9_]+$/;

const sqlText = (statements: readonly string[]): string =>
  `${statements.map((statement) => statement.trim()).join("\n--> statement-breakpoint\n")}\n`;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Answers what is wrong, in words. */
const generate = async <Snapshot extends object>(
  dialect: Dialect<Snapshot>,
  name: string | undefined,
): Promise<readonly string[]> => {
  const meta = join(dialect.folder, "meta");
  await mkdir(meta, { recursive: true });
  const snapshotFile = (number: string) => join(meta, `${number}_snapshot.json`);
  const migrations = (await readdir(dialect.folder))
    .map((file) => NUMBERED.exec(file))
    .filter((match) => match !== null)
    .map(([file, number]) => ({ file, number: number ?? "" }))
    .sort((a, b) => a.number.localeCompare(b.number));
  const problems: string[] = [];
  let before = dialect.empty;
  for (const { file, number } of migrations) {
    const after: Snapshot = JSON.parse(await readFile(snapshotFile(number), "utf8"));
    const statements = await dialect.diff(before, after);
    // Where nothing of the schema changes, the migration moves data and was written by hand.
    if (statements.length > 0) await writeFile(join(dialect.folder, file), sqlText(statements));
    if (!(await exists(join(dialect.folder, file.replace(/\.sql$/, ".down.sql"))))) {
      problems.push(
        `${dialect.folder}/${file} has no way back: write ${file.replace(/\.sql$/, ".down.sql")}`,
      );
    }
    before = after;
  }
  const { wanted } = dialect;
  const missing = await dialect.diff(before, wanted);
  if (missing.length === 0) return problems;
  if (name === undefined) {
    return [...problems, `${dialect.folder}: the schema has changed; run "bun run db:generate NAME"`];
  }
  const number = String(migrations.length).padStart(4, "0");
  const file = `${number}_${name}.sql`;
  await writeFile(join(dialect.folder, file), sqlText(missing));
  // A random id would differ at every run.
  const snapshot = { ...wanted, id: number, prevId: "" };
  await writeFile(snapshotFile(number), `${JSON.stringify(snapshot, null, 2)}\n`);
  return [...problems, `${dialect.folder}/${file} is new: write ${number}_${name}.down.sql`];
};

const name = process.argv[2];
if (name !== undefined && !NAME.test(name)) {
  console.error("the name of a migration has lower-case letters, digits and _ only");
  process.exit(2);
}
const problems = [
  ...(await generate(
    {
      folder: join(import.meta.dir, "sqlite"),
      empty: await generateSQLiteDrizzleJson({}),
      wanted: await generateSQLiteDrizzleJson({ ...sqliteSchema, ...sqliteMachinery }),
      diff: generateSQLiteMigration,
    },
    name,
  )),
  ...(await generate(
    {
      folder: join(import.meta.dir, "postgres"),
      empty: generateDrizzleJson({}),
      wanted: generateDrizzleJson({ ...postgresSchema, ...postgresMachinery }),
      diff: generateMigration,
    },
    name,
  )),
];
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
