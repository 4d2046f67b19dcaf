import { makeRunKey } from "../../adapters/crypto/run-key.ts";
import { makeSealer } from "../../adapters/crypto/sealer.ts";
import {
  SEAL_CONTEXTS,
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../domain/personal-data/sealed-fields.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import type { StagedCollection } from "../../domain/staging/staged-collections.ts";
import type { Sealer } from "../../ports/secrets.ts";
import {
  type StagedRow,
  StagingRefused,
  type StagingSource,
  type StagingTarget,
} from "../../ports/staging-copy.ts";
import { compose } from "../compose.ts";
import { type DatabaseSetting, readSettings, type Settings, WrongSettings } from "../config.ts";
import { exportStaging, type StagingProgress, type StagingReport } from "../staging/export-staging.ts";
import { CommandRefused } from "./command-refused.ts";

type Say = (text: string) => void;

const USAGE = `staging export --to URL

  URL   sqlite:///./staging.db (a file that is not there yet) or postgres://… (an empty database)

Set STAGING_SECRET_KEY to the SECRET_KEY of the staging service, and comments get generated names; without it none.`;

const sourceOf = async (database: DatabaseSetting): Promise<StagingSource> => {
  if (database.kind === "sqlite") {
    const { openSqliteSource } = await import("../../adapters/drizzle/staging/sqlite-staging.ts");
    return openSqliteSource(database.path);
  }
  const { openPostgresSource } = await import("../../adapters/drizzle/staging/postgres-staging.ts");
  return openPostgresSource(database.directUrl ?? database.url);
};

const targetOf = async (database: DatabaseSetting): Promise<StagingTarget> => {
  if (database.kind === "sqlite") {
    const { openSqliteTarget } = await import("../../adapters/drizzle/staging/sqlite-staging.ts");
    return openSqliteTarget(database.path);
  }
  const { openPostgresTarget } = await import("../../adapters/drizzle/staging/postgres-staging.ts");
  return openPostgresTarget(database.url);
};

const databaseAt = (url: string): DatabaseSetting => {
  try {
    return readSettings({ DATABASE_URL: url }).database;
  } catch (failure) {
    if (failure instanceof WrongSettings) throw new CommandRefused(USAGE);
    throw failure;
  }
};

const nameOf = (database: DatabaseSetting): string =>
  database.kind === "sqlite" ? database.path : new URL(database.url).host + new URL(database.url).pathname;

/** Values that a row holds encrypted, in the clear: they are looked for in the copy as well. */
const openedBy =
  (sealer: Sealer) =>
  (collection: StagedCollection, row: StagedRow): readonly string[] =>
    (SEALED_COLLECTIONS as readonly string[]).includes(collection)
      ? sealedValues({ collection, row } as unknown as SealedRecord).map(({ sealed, context }) =>
          sealer.open(sealed, context),
        )
      : [];

/** One line a step: rewritten in a terminal, elsewhere written anew every 100,000 rows. */
const progressTo = (stream: NodeJS.WriteStream) => {
  let shown = "";
  const from = performance.now();
  return ({ step, collection, rows }: StagingProgress): void => {
    const mark = `${step} ${collection} ${Math.floor(rows / 100_000)}`;
    if (!stream.isTTY && mark === shown) return;
    shown = mark;
    const seconds = Math.max(0.001, (performance.now() - from) / 1_000);
    const text = `${step} ${collection}: ${rows} rows (${seconds.toFixed(0)} s)`;
    stream.write(stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  };
};

const told = (report: StagingReport, place: string): string => {
  const smallest = Math.min(
    ...Object.values(report.crowds).flatMap(({ smallest: each }) => (each === null ? [] : [each])),
  );
  return [
    `\n${report.people} people, ${Object.values(report.rows).reduce((sum, count) => sum + count, 0)} rows at ${place}.`,
    `Leak scan: no value of 12 or more characters of production was found in it.`,
    `k-anonymity: whoever is told apart by what is left is one of ${smallest === report.k ? `${report.k} or more` : smallest}; what else is told of a row was drawn from all of them, and ${report.left_out} rows were left out.`,
    "Its key was destroyed: nobody can tell any more what became of whom.",
    "Start it with GDPR_MODE=staging, a SECRET_KEY of its own and DATABASE_URL set to it.",
  ].join("\n");
};

/** `bun run cli staging export --to URL`: a working copy of production without the people. */
export const stagingCommand = async (words: readonly string[], say: Say): Promise<void> => {
  const [verb, flag, url] = words;
  if (verb !== "export" || flag !== "--to" || url === undefined || words.length !== 3) {
    throw new CommandRefused(USAGE);
  }
  const settings: Settings = readSettings(process.env);
  const to = databaseAt(url);
  if (nameOf(to) === nameOf(settings.database)) throw new CommandRefused("The target is production itself.");
  const service = await compose(settings);
  try {
    const report = await copied(settings, to, service.deps.sealer, service.deps.clock.now());
    say(told(report, nameOf(to)));
    await Bun.write(`${settings.dataDir}/staging-report.json`, `${JSON.stringify(report, null, 2)}\n`);
    say(`The report is in ${settings.dataDir}/staging-report.json.`);
  } catch (failure) {
    if (failure instanceof StagingRefused) throw new CommandRefused(`Not done: ${failure.message}.`);
    throw failure;
  } finally {
    await service.close();
  }
};

const copied = async (
  settings: Settings,
  to: DatabaseSetting,
  sealer: Sealer,
  now: Parameters<typeof exportStaging>[0]["now"],
): Promise<StagingReport> => {
  const secret = process.env["STAGING_SECRET_KEY"] ?? null;
  const staged = secret === null ? null : makeSealer({ current: secret, previous: null });
  const target = await targetOf(to);
  try {
    const source = await sourceOf(settings.database);
    try {
      return await exportStaging({
        source,
        target,
        key: makeRunKey(),
        now,
        sealName:
          staged === null
            ? null
            : (name, subject) =>
                staged.seal(
                  name,
                  SEAL_CONTEXTS.identities.ciphertext({ kind: "name", subject_id: subject as SubjectId }),
                ),
        opened: openedBy(sealer),
        onProgress: progressTo(process.stderr),
      });
    } finally {
      await source.close();
    }
  } finally {
    await target.close();
  }
};
