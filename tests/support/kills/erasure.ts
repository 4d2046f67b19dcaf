// An erasure that is killed ends as if it never had been, and is never certified before it is true.
import assert from "node:assert/strict";
import { cp, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inBytes } from "../canary.ts";
import { type LongLife, makeLongLife } from "../erasing.ts";
import type { Environment } from "../process.ts";
import { onService, SECRET } from "../restoring.ts";
import type { Killable, Life } from "./killing.ts";
import { type Place, pathOf } from "./place.ts";

const settingsOf = (place: Place, url: string, home: string): Environment => ({
  DATABASE_URL: url,
  SECRET_KEY: SECRET,
  ERASURE_LEDGER_DIR: join(place.folder, home, "ledger"),
  ERASURE_LEDGER_HEADS_DIR: join(place.folder, home, "heads"),
});

const filesIn = async (folder: string): Promise<readonly Buffer[]> => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Promise.all(files.map((path) => readFile(path)));
};

/** Every row of every table, as text. */
const everyRow = async (place: Place, url: string): Promise<Buffer> => {
  const rows = [];
  for (const table of await place.tables(url))
    rows.push(await place.rows(url, `select t::text from ${table} t`));
  return Buffer.from(JSON.stringify(rows));
};

/** What of her stands in the files of the service and in its database: of SQLite in every byte, as it is. */
const leftOfHer = async (place: Place, { url, home }: { readonly url: string; readonly home: string }) => {
  const files = await filesIn(join(place.folder, home));
  const stored =
    place.engine === "SQLite" ? await filesIn(dirname(pathOf(url))) : [await everyRow(place, url)];
  return [...files, ...stored].flatMap(inBytes);
};

const certified = async (place: Place, url: string): Promise<number> =>
  Number((await place.rows(url, "select count(*) from signed_reports where kind = 'erasure'"))[0]?.[0]);

/** Everything as it stands at the end, without what is another each time. */
const endOf = async (place: Place, url: string, { her, other }: LongLife) => {
  const rows = (statement: string) => place.rows(url, statement);
  const whose = (subject: string) => `case when subject_id = '${subject}' then 1 else 0 end`;
  const [certificate] = await rows("select document from signed_reports where kind = 'erasure'");
  const payload = String(certificate?.[0]).split(".")[1] ?? "";
  const { categories } = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
    categories: readonly { category: string }[];
  };
  return {
    // How many entries there are depends on how often a batch was begun anew.
    categories: categories.filter(({ category }) => category !== "audit_entries"),
    erasures: await rows("select subject_id, status, step, counts, work from erasures"),
    subjects: await rows("select status, role from subjects order by status, role"),
    her: await rows(`select status from subjects where id = '${her}'`),
    comments: await rows(`select id, parent_id, content, status, ${whose(other)} from comments order by id`),
    reports: await rows("select id, reason, subject_id from comment_reports order by id"),
    identities: await rows("select id, subject_id from identities order by id"),
    consents: await rows(`select id, sequence, ${whose(other)} from consents order by id`),
    sessions: await rows("select id, subject_id from sessions order by id"),
    // The letter that tells her is written once, whenever it was killed; its id is a new one.
    mails: await rows(
      "select case kind when 'privacy_request' then kind else id end, subject_id from outgoing_mails order by 1",
    ),
    requests: await rows(`select id, state, statement, hindrance, ${whose(her)} from privacy_requests`),
    certificates: await certified(place, url),
  };
};

type End = Awaited<ReturnType<typeof endOf>>;

/** What anybody can say without having seen another erasure. */
const isRight = (end: End, { request, other }: LongLife): void => {
  assert.deepEqual([end.her, end.certificates], [[["erased"]], 1]);
  assert.deepEqual(end.requests, [[request, "completed", null, null, 0]]);
  assert.deepEqual(
    end.identities.map(([, subject]) => subject),
    [other],
  );
  assert.deepEqual([end.sessions.length, end.mails.length], [1, 2]);
  assert.equal(end.mails.filter(([kind, whose]) => kind === "privacy_request" && whose === null).length, 1);
};

export const killableErasure = async (place: Place): Promise<Killable> => {
  const before = { url: await place.fresh(), home: "before" };
  const scene = await makeLongLife(settingsOf(place, before.url, before.home));
  assert.notDeepEqual(await leftOfHer(place, before), []);
  let calm: End | null = null;

  const stepIn = async (url: string): Promise<string> => {
    const [erasure] = await place.rows(url, "select status, step from erasures");
    if (erasure === undefined) return "not begun";
    return erasure[0] === "done" ? "done" : String(erasure[1]);
  };

  return {
    operation: "erasure",
    engine: place.engine,
    begin: async (number): Promise<Life> => {
      const home = `life-${number}`;
      await cp(join(place.folder, before.home), join(place.folder, home), { recursive: true });
      const url = await place.copyOf(before.url);
      const settings = settingsOf(place, url, home);
      return {
        settings,
        words: ["erase"],
        left: async () => {
          // As the kill left it, before anybody opens it: whoever opens a file of SQLite looks at a copy.
          const found = await leftOfHer(place, { url, home });
          const seen = place.engine === "SQLite" ? await place.copyOf(url) : url;
          const certificates = await certified(place, seen);
          const phase = await stepIn(seen);
          if (seen !== url) await place.remove(seen);
          assert.ok(certificates <= 1, "there are two certificates");
          if (certificates === 1) assert.deepEqual(found, [], "it was certified and is not true");
          const requests = await place.rows(url, "select state from privacy_requests");
          return { phase, whole: phase === "done" && requests[0]?.[0] === "completed" };
        },
        wait: async () => {
          await place.settle(url);
          await place.rows(url, "delete from leases");
        },
        judge: async () => {
          const end = await endOf(place, url, scene);
          isRight(end, scene);
          calm ??= end;
          assert.deepEqual(end, calm);
          assert.deepEqual(await leftOfHer(place, { url, home }), []);
          await onService(settings, async ({ deps }) => {
            const [report] = await deps.readers.signedReports.list("erasure", null, 10);
            assert.notEqual(await deps.documents.verify("report", report?.document ?? ""), null);
          });
        },
        close: async () => {
          await place.remove(url);
          await rm(join(place.folder, home), { recursive: true });
        },
      };
    },
    close: place.close,
  };
};
