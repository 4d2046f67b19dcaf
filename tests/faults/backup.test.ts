import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyLog } from "../../src/app/audit/verify-log.ts";
import { sequence, tell } from "../support/audit-log.ts";
import { startPostgres, startPostgres15, type TestPostgres } from "../support/postgres.ts";
import { runCli, spawnCli, startService } from "../support/process.ts";
import {
  erasePeople,
  makeSite,
  onService,
  type Person,
  populate,
  refusalOf,
  type Site,
  whoIsThere,
} from "../support/restoring.ts";

const PEOPLE = 6;

const idsOf = (people: readonly Person[]): string[] => people.map(({ id }) => id as string).toSorted();

/** Nobody of the erased is back, everybody else is intact, and the trail shows the replay. */
const expectGone = async (
  environment: Site["settings"],
  gone: readonly Person[],
  stay: readonly Person[],
): Promise<void> => {
  const found = await whoIsThere(environment);
  for (const id of idsOf(gone)) expect(found.active).not.toContain(id);
  for (const id of idsOf(stay)) expect(found.active).toContain(id);
  expect(found.identities).toBe(stay.length);
  expect(found.texts).toBe(stay.length);
  expect(found.replays).toBe(1);
};

/** Backup, three people erased, restore into a new database; and the same without a whole ledger, which is refused. */
const restoresWithoutThem = async (site: Site, freshUrl: () => Promise<string>): Promise<void> => {
  const people = await populate(site.settings, PEOPLE);
  const [gone, stay] = [people.slice(0, 3), people.slice(3)];
  const made = await runCli(site.settings, "backup", "create");
  expect(await runCli(site.settings, "backup", "list")).toBe(made);
  expect(await runCli(site.settings, "backup", "verify")).toContain("is whole and opens");
  await erasePeople(site.settings, gone);

  const fresh = site.on(await freshUrl());
  expect(await runCli(fresh, "backup", "restore")).toContain("3 erasures");
  await expectGone(fresh, gone, stay);
  expect(await refusalOf(fresh, "backup", "restore")).toContain("--replace");

  const other = site.on(await freshUrl());
  const ledger = join(site.folder, "ledger");
  await rename(ledger, `${ledger}.away`);
  expect(await refusalOf(other, "backup", "restore")).toContain("not in ERASURE_LEDGER_DIR");
  await cp(`${ledger}.away`, ledger, { recursive: true });
  for (const name of await readdir(ledger)) {
    if (!name.endsWith(".ledger")) continue;
    const lines = (await readFile(join(ledger, name), "utf8")).split("\n");
    await writeFile(join(ledger, name), `${lines.slice(0, -2).join("\n")}\n`);
    break;
  }
  expect(await refusalOf(other, "backup", "restore")).toContain("facts that were in it are missing");
  await rm(ledger, { recursive: true });
  await rename(`${ledger}.away`, ledger);

  const drilled = await runCli(fresh, "backup", "drill");
  expect(drilled).toMatch(/: passed\n/);
  expect(drilled).toContain("of 3 erased people 0 came back");
  expect(drilled).toMatch(/audit log +whole: /);
};

test("SQLite: a drill verifies the audit log of the backup, which the real one has gone on from, and finds it tampered with", async () => {
  const site = await makeSite((folder) => `sqlite:///${folder}/live/gonogo.db`);
  const environment = { ...site.settings, DATA_DIR: join(site.folder, "data") };
  const goOn = () =>
    onService(environment, async (service) => {
      await tell(service, 20);
      await sequence(service);
      const { entries, size } = await verifyLog(service.deps)({ from: null });
      return { entries, size, newest: (await service.store.auditLog.newest())?.size };
    });
  /** What the newest signed report says. */
  const reported = () =>
    onService(environment, async ({ deps }) => {
      const [report] = await deps.readers.signedReports.list("drill", null, 1);
      return deps.documents.verify("report", report?.document ?? "");
    });
  try {
    await populate(environment, 3);
    const then = await goOn();
    expect(then.newest).toBe(then.entries);
    await runCli(environment, "backup", "create");
    // The checkpoint outside the database knows of entries that the backup never had.
    expect((await goOn()).size).toBeGreaterThan(then.size);
    expect(await runCli(environment, "backup", "drill")).toContain(`${then.size} of them signed`);
    expect(await reported()).toMatchObject({ passed: true, audit_fault: null, audit_signed: then.size });

    using live = new Database(join(site.folder, "live", "gonogo.db"));
    live.run(
      "update audit_entries set details = '{}' where id = (select id from audit_entries where action = 'mail.sent' limit 1)",
    );
    await runCli(environment, "backup", "create");
    expect(await refusalOf(environment, "backup", "drill")).toContain("The drill failed");
    expect(await reported()).toMatchObject({ passed: false, audit_fault: "changed" });
  } finally {
    await site.remove();
  }
}, 120_000);

test("SQLite: three people erased after a backup do not come back with it, and without its whole ledger it is refused", async () => {
  const site = await makeSite((folder) => `sqlite:///${folder}/live/gonogo.db`);
  let count = 0;
  try {
    await restoresWithoutThem(site, async () => {
      count += 1;
      return `sqlite:///${site.folder}/new-${count}/gonogo.db`;
    });
  } finally {
    await site.remove();
  }
}, 120_000);

const postgres15 = await startPostgres15();
if ("reason" in postgres15) console.log(`LEFT OUT: backup of PostgreSQL 15: ${postgres15.reason}`);
else {
  test("PostgreSQL 15: the same, by pg_dump and pg_restore", async () => {
    const fresh: TestPostgres[] = [];
    const site = await makeSite(() => postgres15.url);
    try {
      await restoresWithoutThem(site, async () => {
        const database = await startPostgres15();
        if ("reason" in database) throw new Error(database.reason);
        fresh.push(database);
        return database.url;
      });
    } finally {
      await site.remove();
      for (const each of [...fresh, postgres15]) await each.stop();
    }
  }, 180_000);
}

test("SQLite: a copy put back by other means is caught up before anything is served, or not opened", async () => {
  const site = await makeSite((folder) => `sqlite:///${folder}/live/gonogo.db`);
  try {
    const people = await populate(site.settings, PEOPLE);
    const copy = join(site.folder, "copy", "gonogo.db");
    await cp(join(site.folder, "live"), join(site.folder, "copy"), { recursive: true });
    await erasePeople(site.settings, people.slice(0, 3));
    const restored = site.on(`sqlite:///${copy}`);

    await rename(join(site.folder, "ledger"), join(site.folder, "away"));
    const refused = await startService(restored).then(
      () => "started",
      (failure: Error) => failure.message,
    );
    expect(refused).toContain("not in ERASURE_LEDGER_DIR");
    await rename(join(site.folder, "away"), join(site.folder, "ledger"));

    const service = await startService(restored);
    expect(await service.stop()).toBe(0);
    expect(service.output()).toContain("ledger_replayed");
    await expectGone(restored, people.slice(0, 3), people.slice(3));
  } finally {
    await site.remove();
  }
}, 120_000);

test("PostgreSQL 18 with programs of another version: the backup is refused with what to install", async () => {
  const server = await startPostgres();
  const site = await makeSite(() => server.url);
  try {
    await populate(site.settings, 1);
    const child = spawnCli(
      { ...site.settings, PATH: "/usr/lib/postgresql/15/bin:/usr/bin:/bin" },
      "backup",
      "create",
    );
    const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    expect(code).toBe(2);
    expect(said).toContain("apt-get install postgresql-client-18");
    expect(await runCli(site.settings, "backup", "list")).toBe("There is no whole backup.\n");
  } finally {
    await site.remove();
    await server.stop();
  }
}, 60_000);
