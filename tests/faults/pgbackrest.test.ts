import { expect, test } from "bun:test";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { verifyLog } from "../../src/app/audit/verify-log.ts";
import { sequence, tell } from "../support/audit-log.ts";
import { freePort, runCli, startService } from "../support/process.ts";
import { erasePeople, makeSite, onService, populate, whoIsThere } from "../support/restoring.ts";

const BIN = "/usr/lib/postgresql/15/bin";
const run = promisify(execFile);

/** PostgreSQL refuses to run as root: then all of it belongs to `postgres`. */
const ownerOf = async (): Promise<{ readonly uid?: number; readonly gid?: number }> =>
  userInfo().uid === 0
    ? {
        uid: Number((await run("id", ["-u", "postgres"])).stdout),
        gid: Number((await run("id", ["-g", "postgres"])).stdout),
      }
    : {};

if (!existsSync(`${BIN}/postgres`) || Bun.which("pgbackrest") === null) {
  console.log("LEFT OUT: pgBackRest: Debian 12: apt-get install pgbackrest postgresql-15");
} else {
  test("pgBackRest to a moment before the erasure: the service erases again before it serves", async () => {
    const owner = await ownerOf();
    const home = await mkdtemp(join(tmpdir(), "gonogo-pgbackrest-"));
    const port = String(await freePort());
    const data = join(home, "data");
    const config = join(home, "pgbackrest.conf");
    const as = (program: string, ...words: string[]) => run(program, words, { ...owner, cwd: home });
    const pgbackrest = (...words: string[]) =>
      as("pgbackrest", `--config=${config}`, "--stanza=gonogo", ...words);
    const psql = async (text: string): Promise<string> =>
      (
        await as(join(BIN, "psql"), "-h", home, "-p", port, "-U", "postgres", "-Atc", text, "postgres")
      ).stdout.trim();
    const control = (...words: string[]) =>
      as(join(BIN, "pg_ctl"), "-D", data, "-l", join(home, "log"), "-w", ...words);
    const site = await makeSite(() => `postgres://postgres@127.0.0.1:${port}/postgres`);
    try {
      for (const name of ["repo", "logs", "spool", "lock"]) await mkdir(join(home, name));
      await writeFile(
        config,
        `[global]\nrepo1-path=${home}/repo\nrepo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=throw away\nrepo1-retention-full=1\nlog-path=${home}/logs\nspool-path=${home}/spool\nlock-path=${home}/lock\nstart-fast=y\n[gonogo]\npg1-path=${data}\npg1-port=${port}\npg1-socket-path=${home}\npg1-user=postgres\n`,
      );
      const { uid, gid } = owner;
      if (uid !== undefined && gid !== undefined)
        for (const path of ["", "repo", "logs", "spool", "lock", "pgbackrest.conf"])
          await chown(join(home, path), uid, gid);
      await as(
        join(BIN, "initdb"),
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
      );
      await writeFile(
        join(data, "postgresql.auto.conf"),
        `port = ${port}\nunix_socket_directories = '${home}'\nlisten_addresses = '127.0.0.1'\nfsync = off\narchive_mode = on\narchive_command = 'pgbackrest --config=${config} --stanza=gonogo archive-push %p'\n`,
      );
      await control("start");
      await pgbackrest("stanza-create");
      const people = await populate(site.settings, 6);
      await onService(site.settings, sequence);
      await pgbackrest("--type=full", "backup");
      // pgBackRest writes down whole seconds: the moment must be in a later one than the end of the backup.
      await psql("select pg_sleep(1.1)");
      const moment = await psql("select clock_timestamp()");
      // The next transaction is certainly later than the moment.
      await psql("select pg_sleep(0.1)");
      await erasePeople(site.settings, people.slice(0, 3));
      // The checkpoint outside the database knows of what is given up.
      await onService(site.settings, sequence);
      await psql("select pg_switch_wal()");
      await control("stop", "-m", "fast");
      await pgbackrest("--delta", "--type=time", `--target=${moment}`, "--target-action=promote", "restore");
      await control("start");
      while ((await psql("select pg_is_in_recovery()")) !== "f") await Bun.sleep(50);
      expect((await whoIsThere(site.settings)).active).toHaveLength(6);

      // Whoever forgets the step is told of it, and nothing is signed meanwhile.
      const early = await startService(site.settings);
      while (!early.output().includes("audit_log_not_signed")) await Bun.sleep(50);
      expect(await early.stop()).toBe(0);
      expect(early.output()).toContain("bun run cli backup adopt");
      const adopted = await runCli(site.settings, "backup", "adopt");
      expect(adopted).toContain("The checkpoint outside knew of more, and is kept under another name.");
      expect(await runCli(site.settings, "backup", "adopt")).toContain("nothing is set aside");

      const service = await startService(site.settings);
      await onService(site.settings, async (running) => {
        const size = async () => (await running.store.auditLog.newest())?.size ?? 0;
        const before = await size();
        await tell(running, 1);
        while ((await size()) <= before) await Bun.sleep(50);
      });
      expect(await service.stop()).toBe(0);
      expect(service.output()).not.toContain("audit_log_not_signed");
      await onService(site.settings, async ({ deps }) => {
        expect((await verifyLog(deps)({ from: null })).fault).toBeNull();
        const entries = await deps.readers.audit.list(null, 1_000);
        const [setBack, ...others] = entries.filter(({ action }) => action === "audit_log.set_back");
        expect(others).toEqual([]);
        const { signed, outside } = JSON.parse(setBack?.details ?? "{}") as {
          signed: number;
          outside: number;
        };
        expect(outside).toBeGreaterThan(signed);
        // Every start in the next two minutes looks again, and finds nothing to do.
        const erased = entries
          .filter(({ action }) => action === "restore.replayed")
          .map(({ details }) => (JSON.parse(details ?? "{}") as { erasures: number }).erasures);
        expect(erased.filter((count) => count > 0)).toEqual([3]);
      });
      const found = await whoIsThere(site.settings);
      expect(found.active.toSorted()).toEqual(
        people
          .slice(3)
          .map(({ id }) => id as string)
          .toSorted(),
      );
      expect([found.identities, found.texts]).toEqual([3, 3]);
    } finally {
      await control("stop", "-m", "immediate").catch(() => null);
      await site.remove();
      await rm(home, { recursive: true, force: true });
    }
  }, 180_000);
}
