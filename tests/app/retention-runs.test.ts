import { describe, expect, test } from "bun:test";
import { sealedRetention } from "../../src/adapters/crypto/sealed-retention.ts";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import { continueRun, RETENTION_LEASE } from "../../src/app/retention/continue-run.ts";
import { startNightlyRun, startRetentionByCommand } from "../../src/app/retention/start-run.ts";
import type { RetentionRun } from "../../src/domain/retention/retention-run.ts";
import { progressOf } from "../../src/domain/retention/retention-run.ts";
import { DAY, HOUR, type Instant, plus } from "../../src/domain/shared/instant.ts";
import type { AuditSeals } from "../../src/ports/audit-seal.ts";
import { changes, ids, record } from "../support/records.ts";
import { accepted, NOON, refused, testService } from "../support/service.ts";

const scene = async () => {
  const contents = emptyContents();
  const service = await testService({ store: openMemory(contents) });
  const { deps, store } = service;
  const subject = record("subjects", { retention_until: null });
  const put = contents.tables;
  put.subjects.put(subject);
  const link = (retention_until: Instant | null) => record("sign_in_links", { retention_until });
  const links = (count: number, date: Instant) => {
    for (let i = 0; i < count; i += 1) put.sign_in_links.put(link(date));
  };
  const runDeps = { ...deps, retention: store.retention, leases: store.leases };
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
    at.links(1_000, NOON);
    await start(at);
    let steps = 0;
    const left = await continueRun(at.runDeps, {
      holder: at.holder,
      onProgress: () => {
        steps += 1;
      },
      stopped: () => steps >= 4,
    });
    expect(left).toBeNull();
    const rest = [...at.tables.sign_in_links.values()].length;
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(1_000);
    const run = await continueRun(at.runDeps, { holder: "the next" });
    expect(run).toMatchObject({ running: null, resumed: 1 });
    expect(run === null ? null : progressOf(run).counts.sign_in_links?.deleted).toBe(1_000);
    expect([...at.tables.sign_in_links.values()]).toHaveLength(0);
  });

  test("belongs to one runner: whoever comes second leaves it, whoever lost it stops", async () => {
    const at = await scene();
    at.links(1_000, NOON);
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
