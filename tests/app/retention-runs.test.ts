import { describe, expect, test } from "bun:test";
import { sealedRetention } from "../../src/adapters/crypto/sealed-retention.ts";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import { verifyLog } from "../../src/app/audit/verify-log.ts";
import { readSettings, type Settings } from "../../src/app/config.ts";
import { continueRun, RETENTION_LEASE } from "../../src/app/retention/continue-run.ts";
import { startNightlyRun, startRetentionByCommand } from "../../src/app/retention/start-run.ts";
import type { RetentionRun } from "../../src/domain/retention/retention-run.ts";
import { progressOf } from "../../src/domain/retention/retention-run.ts";
import { DAY, HOUR, type Instant, MINUTE, plus } from "../../src/domain/shared/instant.ts";
import type { AuditLogStore } from "../../src/ports/audit-log-store.ts";
import type { AuditSeals } from "../../src/ports/audit-seal.ts";
import { sequence, tell } from "../support/audit-log.ts";
import { changes, ids, record } from "../support/records.ts";
import { accepted, NOON, refused, testService } from "../support/service.ts";

const scene = async (settings: Partial<Settings> = {}) => {
  const contents = emptyContents();
  const service = await testService({ store: openMemory(contents), settings });
  const { deps, store } = service;
  const subject = record("subjects", { retention_until: null });
  const put = contents.tables;
  put.subjects.put(subject);
  const link = (retention_until: Instant | null) => record("sign_in_links", { retention_until });
  const links = (count: number, date: Instant) => {
    for (let i = 0; i < count; i += 1) put.sign_in_links.put(link(date));
  };
  const runDeps = {
    ...deps,
    retention: sealedRetention(store.retention, deps.auditSeals),
    leases: store.leases,
  };
  const trail = () => [...put.audit_entries.values()].filter(({ action }) => action.startsWith("retention."));
  return { service, deps, store, runDeps, tables: put, links, trail, holder: ids.next<string>() };
};

const start = async (at: Awaited<ReturnType<typeof scene>>, dry = false): Promise<RetentionRun> =>
  accepted(await startRetentionByCommand(at.deps, dry));

describe("a retention run", () => {
  test("takes what is due, tells of each batch, and ends with a signed report of what is gone", async () => {
    const at = await scene();
    at.links(300, plus(NOON, -DAY));
    at.links(7, plus(NOON, 1));
    const started = await start(at);
    expect(started).toMatchObject({ running: "running", due: NOON, trigger: "cli", resumed: 0 });
    const run = await continueRun(at.runDeps, { holder: at.holder });
    expect(run).toMatchObject({ id: started.id, running: null, finished_at: NOON, resumed: 0 });
    expect([...at.tables.sign_in_links.values()]).toHaveLength(7);
    const report = await at.deps.readers.signedReports.byId(run?.report_id ?? ids.next());
    const said = await at.deps.documents.verify("report", report?.document ?? "");
    expect(said).toMatchObject({
      run: started.id,
      dry_run: false,
      resumed: 0,
      collections: { sign_in_links: { deleted: 300 }, comments: { deleted: 0 } },
    });
    const batches = at.trail().filter(({ action }) => action === "retention.applied");
    const told = batches.map(({ details }) => JSON.parse(details ?? "{}"));
    const gone = told
      .filter(({ collection }) => collection === "sign_in_links")
      .map(({ deleted }) => deleted);
    expect(gone.length).toBeGreaterThan(1);
    expect(gone.reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(
      at
        .trail()
        .map(({ action }) => action)
        .slice(-1),
    ).toEqual(["retention.finished"]);
    expect(at.trail().every(({ resource_id }) => resource_id === started.id)).toBe(true);
    // Nobody holds it any more, and there is nothing to go on with.
    expect(await at.store.leases.take(RETENTION_LEASE, "another", 1)).toBe(true);
    expect(await continueRun(at.runDeps, { holder: at.holder })).toBeNull();
  });

  test("that is rehearsed counts, changes nothing, and is signed as a rehearsal", async () => {
    const at = await scene();
    at.links(1_100, NOON);
    await start(at, true);
    const run = await continueRun(at.runDeps, { holder: at.holder });
    expect([...at.tables.sign_in_links.values()]).toHaveLength(1_100);
    expect(run === null ? null : progressOf(run).counts.sign_in_links?.deleted).toBe(1_100);
    const report = await at.deps.readers.signedReports.byId(run?.report_id ?? ids.next());
    expect(await at.deps.documents.verify("report", report?.document ?? "")).toMatchObject({ dry_run: true });
    expect(at.trail().some(({ action }) => action === "retention.applied")).toBe(false);
  });

  test("that was left half-way is gone on with by the next runner, and counts everything once", async () => {
    const at = await scene();
    at.links(2_000, NOON);
    await start(at);
    let steps = 0;
    const left = await continueRun(at.runDeps, {
      holder: at.holder,
      onProgress: () => {
        steps += 1;
      },
      stopped: () => steps >= 3,
    });
    expect(left).toBeNull();
    const rest = [...at.tables.sign_in_links.values()].length;
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(2_000);
    const run = await continueRun(at.runDeps, { holder: "the next" });
    expect(run).toMatchObject({ running: null, resumed: 1 });
    expect(run === null ? null : progressOf(run).counts.sign_in_links?.deleted).toBe(2_000);
    expect([...at.tables.sign_in_links.values()]).toHaveLength(0);
  });

  test("belongs to one runner: whoever comes second leaves it, whoever lost it stops", async () => {
    const at = await scene();
    at.links(2_000, NOON);
    await start(at);
    await at.store.leases.take(RETENTION_LEASE, "somebody", 60_000);
    expect(await continueRun(at.runDeps, { holder: at.holder })).toBeNull();
    await at.store.leases.release(RETENTION_LEASE, "somebody");
    // Another runner writes to the run while this one believes to have it.
    let stolen = false;
    const lost = await continueRun(at.runDeps, {
      holder: at.holder,
      onProgress: (run) => {
        if (stolen) return;
        stolen = true;
        at.tables.retention_runs.put({ ...run, running: null, version: run.version + 1 });
      },
    });
    expect(lost).toBeNull();
    expect(at.trail().some(({ action }) => action === "retention.finished")).toBe(false);
  });

  test("is never started beside another, and at night by one instance only", async () => {
    const at = await scene();
    expect(await startNightlyRun(at.deps)).toBe(true);
    expect(await startNightlyRun(at.deps)).toBe(false);
    expect(refused(await startRetentionByCommand(at.deps, false))).toBe("retention-run-under-way");
    await continueRun(at.runDeps, { holder: at.holder });
    at.service.pass(HOUR);
    expect(await startNightlyRun(at.deps)).toBe(false);
    at.service.pass(23 * HOUR);
    expect(await startNightlyRun(at.deps)).toBe(true);
  });
});

describe("the audit trail in a retention run", () => {
  const YEAR = 366 * DAY;

  const trailScene = async (environment: Record<string, string> = {}) => {
    const at = await scene({ retention: readSettings(environment).retention });
    await tell(at.service, 400);
    await sequence(at.service);
    const old = [...at.tables.audit_entries.values()].map(({ id }) => id);
    const now = () => old.map((id) => at.tables.audit_entries.get(id));
    const whole = async () => {
      await sequence(at.service);
      return verifyLog(at.deps)({ from: null });
    };
    return { ...at, old, now, whole };
  };
  const finished = async (at: Awaited<ReturnType<typeof scene>>, dry = false) => {
    await start(at, dry);
    const run = await continueRun(at.runDeps, { holder: at.holder });
    const report = await at.deps.readers.signedReports.byId(run?.report_id ?? ids.next());
    return (await at.deps.documents.verify("report", report?.document ?? "")) as { trail: unknown };
  };

  test("loses whom entries lead to after a year and what happened after seven, and stays whole", async () => {
    const at = await trailScene();
    at.service.pass(YEAR);
    expect((await finished(at, true)).trail).toBe("not_counted");
    expect(at.now().some((entry) => entry?.resource_id)).toBe(true);
    const count = at.old.length;
    const identities = { pruned: count, held: 0 };
    expect((await finished(at)).trail).toEqual({ identities, payloads: { pruned: 0, held: 0 } });
    expect(at.now().every((entry) => entry?.resource_id === null && entry.user_id_hash === null)).toBe(true);
    expect(at.now().every((entry) => entry?.details)).toBe(true);
    const pages = at.trail().filter(({ action }) => action === "retention.pruned");
    expect(pages.map(({ details }) => JSON.parse(details ?? "{}").pruned).reduce((a, b) => a + b, 0)).toBe(
      count,
    );
    expect(await at.whole()).toMatchObject({ fault: null, pruned_identities: count, pruned_payloads: 0 });

    at.service.pass(2_556 * DAY - YEAR);
    expect((await finished(at)).trail).toMatchObject({ payloads: { pruned: count, held: 0 } });
    expect(at.now().every((entry) => entry?.details === null)).toBe(true);
    expect(await at.whole()).toMatchObject({ fault: null, pruned_payloads: count });
  });

  test("is counted right where payloads go before identities", async () => {
    const at = await trailScene({ AUDIT_RETENTION_DAYS: "100" });
    const none = { pruned: 0, held: 0 };
    const all = { pruned: at.old.length, held: 0 };
    at.service.pass(101 * DAY);
    expect((await finished(at)).trail).toEqual({ identities: none, payloads: all });
    at.service.pass(YEAR - 101 * DAY);
    const { trail } = await finished(at);
    expect(trail).toMatchObject({ identities: all });
    // What the first run told, and nothing twice.
    expect(at.now().every((entry) => entry?.details === null && entry.resource_id === null)).toBe(true);
    expect((trail as { payloads: { pruned: number } }).payloads.pruned).toBeLessThan(100);
    expect((await at.whole()).fault).toBeNull();
  });

  test("keeps what a legal hold is on", async () => {
    const at = await trailScene();
    const kept = at.now().find((entry) => entry?.resource_id);
    at.tables.legal_holds.put(
      record("legal_holds", { subject_id: null, record_id: kept?.id ?? "", since: NOON }),
    );
    at.service.pass(2_556 * DAY);
    const rest = { pruned: at.old.length - 1, held: 1 };
    expect((await finished(at)).trail).toEqual({ identities: rest, payloads: rest });
    expect(at.tables.audit_entries.get(kept?.id ?? ids.next())).toEqual(kept ?? null);
    expect((await at.whole()).fault).toBeNull();
  });

  test("is gone on with after a kill, and what was blanked but not told is counted once", async () => {
    const at = await trailScene();
    at.service.pass(2_556 * DAY);
    const { id } = await start(at);
    let calls = 0;
    const auditLog: AuditLogStore = {
      ...at.deps.auditLog,
      replace: async (entries) => {
        await at.deps.auditLog.replace(entries);
        calls += 1;
        throw new Error("killed");
      },
    };
    for (let kill = 0; kill < 3; kill += 1) {
      const killed = continueRun({ ...at.runDeps, auditLog }, { holder: at.holder });
      await expect(killed).rejects.toThrow("killed");
      at.service.pass(MINUTE);
    }
    const run = await continueRun(at.runDeps, { holder: "the next" });
    expect([calls, run?.id, run?.resumed]).toEqual([3, id, 3]);
    const all = { pruned: at.old.length, held: 0 };
    expect(run === null ? null : progressOf(run).trail?.counts).toEqual({ identities: all, payloads: all });
    expect((await at.whole()).fault).toBeNull();
  });
});

test("what tells of a batch is sealed like every other entry", async () => {
  const store = openMemory();
  const sealedIds: string[] = [];
  const seals = {
    open: async () => ({
      seal: (entry: { readonly id: string }) => {
        sealedIds.push(entry.id);
        return { ...entry, seal: "sealed" };
      },
    }),
  } as unknown as AuditSeals;
  const told = changes([]);
  const { apply } = sealedRetention(store.retention, seals);
  await apply({ collection: "sessions", due: NOON, now: NOON, after: null, limit: 1 }, () => told);
  expect(sealedIds).toEqual([told.audit[0].id]);
  expect((await store.readers.audit.byId(told.audit[0].id))?.seal).toBe("sealed");
});
