// An erasure that is killed ends as if it never had been, and is never certified before it is true:
// `KILLS=40 bun test tests/faults/erasure-killed.test.ts` for the long version; `SEED` for other moments.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inBytes } from "../support/canary.ts";
import { type LongLife, makeLongLife } from "../support/erasing.ts";
import type { Environment } from "../support/process.ts";
import { onService, SECRET } from "../support/restoring.ts";

const ROOT = resolve(import.meta.dir, "../..");
const KILLS = Number(process.env["KILLS"] ?? 5);
const SEED = Number(process.env["SEED"] ?? 7);

/** Two numbers from 0 to 1 for each kill, the same for the same seed: after which batch, and how long after. */
const moments = Array.from({ length: KILLS }, (_, index) =>
  [0, 1].map((part) => {
    const share = Math.sin(SEED * 1_000 + index * 37 + part * 11) * 10_000;
    return share - Math.floor(share);
  }),
);

const siteIn = (folder: string) => ({
  DATABASE_URL: `sqlite:///${folder}/live/gonogo.db`,
  SECRET_KEY: SECRET,
  ERASURE_LEDGER_DIR: join(folder, "ledger"),
  ERASURE_LEDGER_HEADS_DIR: join(folder, "heads"),
  LOG_DIR: "none",
});

const databaseIn = (folder: string): string => join(folder, "live/gonogo.db");

const looking = <T>(path: string, look: (db: Database) => T): T => {
  const db = new Database(path);
  try {
    return look(db);
  } finally {
    db.close();
  }
};

/** Carries out what is due in a process of its own; kills it so many milliseconds after it went on with this batch. */
const erasing = async (environment: Environment, killAt: { batch: number; pause: number } | null) => {
  const child = Bun.spawn([process.execPath, "tests/support/erasing-process.ts"], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const problem = new Response(child.stderr).text();
  let said = "";
  let first = 0;
  let deadly: Promise<void> | null = null;
  const batches = (): number => said.split("batch\n").length - 1;
  for await (const chunk of child.stdout) {
    if (said === "") first = performance.now();
    said += new TextDecoder().decode(chunk);
    if (killAt !== null && deadly === null && batches() >= killAt.batch) {
      deadly = Bun.sleep(killAt.pause).then(() => child.kill("SIGKILL"));
    }
  }
  await Promise.all([child.exited, deadly]);
  if (killAt === null && child.exitCode !== 0) throw new Error(await problem);
  const figures = said.split("\n").find((line) => line.startsWith("{")) ?? "{}";
  return { batches: batches(), took: performance.now() - first, figures: JSON.parse(figures) as unknown };
};

/** What of her stands in the files, as they are. */
const leftIn = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return (await Promise.all(files.map(async (path) => inBytes(await readFile(path))))).flat();
};

const certificatesIn = (path: string): number =>
  looking(path, (db) =>
    Number(db.query("select count(*) from signed_reports where kind = 'erasure'").values()[0]?.[0]),
  );

/** Everything as it stands at the end, without what is another each time. */
const endOf = (path: string, { her, other }: LongLife) =>
  looking(path, (db) => {
    const rows = (sql: string, ...values: string[]) => db.query(sql).values(...values);
    const [certificate] = rows("select document from signed_reports where kind = 'erasure'");
    const payload = String(certificate?.[0]).split(".")[1] ?? "";
    const { categories } = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
      categories: readonly { category: string }[];
    };
    return {
      // How many entries there are depends on how often a batch was begun anew.
      categories: categories.filter(({ category }) => category !== "audit_entries"),
      erasures: rows("select subject_id, status, step, counts, work from erasures"),
      subjects: rows("select status, role from subjects order by status, role"),
      her: rows("select status from subjects where id = ?", her),
      comments: rows(
        "select id, parent_id, content, status, subject_id = ? from comments order by id",
        other,
      ),
      reports: rows("select id, reason, subject_id from comment_reports order by id"),
      identities: rows("select id, subject_id from identities order by id"),
      consents: rows("select id, sequence, subject_id = ? from consents order by id", other),
      sessions: rows("select id, subject_id from sessions order by id"),
      // The letter that tells her is written once, whenever it was killed; its id is a new one.
      mails: rows(
        "select case kind when 'privacy_request' then kind else id end, subject_id from outgoing_mails order by 1",
      ),
      requests: rows("select id, state, statement, hindrance, subject_id = ? from privacy_requests", her),
      certificates: certificatesIn(path),
    };
  });

test(`SQLite: an erasure killed at ${KILLS} moments ends as if it never had been (seed ${SEED})`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-erasure-killed-"));
  try {
    const before = join(folder, "before");
    const life = await makeLongLife(siteIn(before));
    expect((await leftIn(before)).length).toBeGreaterThan(0);

    const calm = join(folder, "calm");
    await cp(before, calm, { recursive: true });
    const whole = await erasing(siteIn(calm), null);
    expect(whole.figures).toMatchObject({ done: 1 });
    expect(await leftIn(calm)).toEqual([]);
    const wanted = endOf(databaseIn(calm), life);
    expect(wanted).toMatchObject({ her: [["erased"]], certificates: 1 });
    expect(wanted.requests).toEqual([[life.request, "completed", null, null, 0]]);
    expect(wanted.identities.map(([, subject]) => subject)).toEqual([life.other]);
    expect([wanted.sessions.length, wanted.mails.length]).toEqual([1, 2]);
    expect(wanted.mails).toContainEqual(["privacy_request", null]);

    let interrupted = 0;
    for (const [index, [after = 0, pause = 0]] of moments.entries()) {
      const killed = join(folder, `killed-${index}`);
      await cp(before, killed, { recursive: true });
      const batch = 1 + Math.floor(after * whole.batches);
      await erasing(siteIn(killed), { batch, pause: (pause * whole.took) / 4 });

      // As the kill left it, before anybody opens it: whoever opens it looks at a copy.
      const left = await leftIn(killed);
      const copy = join(folder, "copy");
      await cp(killed, copy, { recursive: true });
      const certified = certificatesIn(databaseIn(copy));
      await rm(copy, { recursive: true });
      expect(certified).toBeLessThanOrEqual(1);
      if (certified === 1) expect(left).toEqual([]);
      else interrupted += 1;

      // Its lease runs out.
      looking(databaseIn(killed), (db) => db.run("delete from leases"));
      await erasing(siteIn(killed), null);
      expect(endOf(databaseIn(killed), life)).toEqual(wanted);
      expect(await leftIn(killed)).toEqual([]);
      await onService(siteIn(killed), async ({ deps }) => {
        const [report] = await deps.readers.signedReports.list("erasure", null, 10);
        expect(await deps.documents.verify("report", report?.document ?? "")).not.toBeNull();
      });
      await rm(killed, { recursive: true });
    }
    expect(interrupted).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 600_000);
