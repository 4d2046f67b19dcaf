import { describe, expect, test } from "bun:test";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import { pruneIdentities, prunePayloads } from "../../src/app/audit/prune-log.ts";
import { unlinkEntries } from "../../src/app/audit/unlink-entries.ts";
import { verifyLog } from "../../src/app/audit/verify-log.ts";
import { leafOf } from "../../src/domain/audit/log-leaf.ts";
import type { LegalHold } from "../../src/domain/retention/legal-hold.ts";
import type { KeyedHash } from "../../src/domain/shared/ids.ts";
import { DAY, MINUTE, plusDays } from "../../src/domain/shared/instant.ts";
import { sequence, sequencerOf, signedNow, tell } from "../support/audit-log.ts";
import { anEntry, changes, hash, record } from "../support/records.ts";
import { NOON, testService } from "../support/service.ts";

const verified = async (service: Awaited<ReturnType<typeof testService>>) =>
  verifyLog(service.deps)({ from: null });

const everyEntry = async ({ store }: Awaited<ReturnType<typeof testService>>) =>
  store.auditLog.entries(0, 100_000);

describe("the sequencer", () => {
  test("brings every entry into the tree once, in the order of insertion, and signs what it has become", async () => {
    const service = await testService();
    const sequencer = sequencerOf(service);
    let integrated = 0;
    for (const count of [1, 3, 200, 700]) {
      await tell(service, count);
      integrated += await sequencer.run();
      // The first run made a key, and told of it.
      integrated += await sequencer.run();
      const entries = await everyEntry(service);
      expect(integrated).toBe(entries.length);
      expect((await signedNow(service))?.size).toBe(entries.length);
      expect(await service.deps.checkpointFile.read()).toBe(
        (await service.store.auditLog.newest())?.note ?? "",
      );
    }
    expect(await sequencer.run()).toBe(0);
    const { fault, entries, size } = await verified(service);
    expect([fault, entries, size]).toEqual([null, integrated, integrated]);
  });

  test("goes on from what another one left, and two at once lose and double nothing", async () => {
    const service = await testService();
    const sequencers = [sequencerOf(service), sequencerOf(service)];
    for (let round = 0; round < 10; round += 1) {
      await tell(service, 40);
      await Promise.all(sequencers.map((each) => each.run()));
      // Whoever holds the lease gives it back, and the other one goes on.
      for (const each of sequencers) await each.release();
    }
    await sequencers[1]?.run();
    const { fault, entries, size } = await verified(service);
    expect([fault, size]).toEqual([null, entries]);
  });

  test("keeps the newest checkpoint, and the last one of each day", async () => {
    const service = await testService();
    const sequencer = sequencerOf(service);
    const sizes: number[] = [];
    for (let day = 0; day < 3; day += 1) {
      for (let round = 0; round < 3; round += 1) {
        await tell(service, 1);
        await sequencer.run();
      }
      sizes.push((await signedNow(service))?.size ?? 0);
      service.pass(DAY);
    }
    expect((await service.store.auditLog.checkpoints(0, 10)).map(({ size }) => size)).toEqual(sizes);
    expect((await verified(service)).fault).toBeNull();
  });

  test("takes up what is older than seals, once", async () => {
    const contents = emptyContents();
    const store = openMemory(contents);
    await store.groups.commitGroup([changes([], [], [anEntry(), anEntry()])]);
    const service = await testService({ store });
    await tell(service, 5);
    await sequence(service);
    expect((await verified(service)).fault).toBeNull();
    const late = anEntry();
    await store.groups.commitGroup([changes([], [], [late])]);
    await sequence(service);
    expect((await verified(service)).fault).toMatchObject({ kind: "not-sealed", id: late.id });
  });

  test("signs nothing any more when the log is not the one that was signed", async () => {
    const service = await testService();
    await tell(service, 5);
    await sequence(service);
    const before = (await service.deps.checkpointFile.read()) ?? "";
    await tell(service, 5);
    await sequence(service);
    const newest = (await service.deps.checkpointFile.read()) ?? "";

    // Another log with the same keys never had these entries.
    const other = await testService();
    await tell(other, 5);
    await other.deps.checkpointFile.write(newest);
    await expect(sequence(other)).rejects.toThrow("not signed by this log");
    expect(await other.store.auditLog.newest()).toBeNull();

    await service.deps.checkpointFile.write(before);
    await tell(service, 1);
    await sequence(service);
    expect((await verified(service)).fault).toBeNull();
  });

  test("goes on after its key was replaced; former checkpoints are still its own", async () => {
    const service = await testService();
    await tell(service, 5);
    await sequence(service);
    const old = (await service.deps.checkpointFile.read()) ?? "";
    await service.deps.logSigner.rotate();
    service.pass(DAY);
    await tell(service, 5);
    await sequence(service);
    expect((await service.store.auditLog.newest())?.note.match(/^—/gm)).toHaveLength(2);
    expect((await verifyLog(service.deps)({ from: old })).fault).toBeNull();
  });
});

describe("what may go", () => {
  const hold = (more: Partial<LegalHold>): LegalHold => ({
    ...record("legal_holds"),
    subject_id: null,
    record_id: null,
    since: NOON,
    lifted_at: null,
    ...more,
  });

  const prunedAll = async (
    service: Awaited<ReturnType<typeof testService>>,
    prune: typeof pruneIdentities,
    holds: readonly LegalHold[] = [],
  ) => {
    const totals: { pruned: number; held: number; firstHeld: number | null } = {
      pruned: 0,
      held: 0,
      firstHeld: null,
    };
    for (let after: number | null = 0; after !== null; ) {
      const done = await prune(service.deps)({ now: service.deps.clock.now(), limit: 7, holds, after });
      totals.pruned += done.pruned;
      totals.held += done.held;
      totals.firstHeld ??= done.firstHeld;
      after = done.next;
    }
    return totals;
  };

  test("whom and what an entry leads to goes after a year, what happened after seven; every leaf stays", async () => {
    const service = await testService();
    const user = hash<KeyedHash>();
    await tell(service, 20, user);
    await sequence(service);
    const before = await everyEntry(service);
    const leaves = before.map(({ entry }) => leafOf(service.deps.auditSeals.sha256, entry));

    service.pass(365 * DAY - MINUTE);
    await tell(service, 1, user);
    expect((await prunedAll(service, pruneIdentities)).pruned).toBe(0);
    service.pass(2 * MINUTE);
    expect((await prunedAll(service, pruneIdentities)).pruned).toBe(before.length);
    expect((await prunedAll(service, pruneIdentities)).pruned).toBe(0);
    const after = (await everyEntry(service)).slice(0, before.length);
    expect(after.map(({ entry }) => leafOf(service.deps.auditSeals.sha256, entry))).toEqual(leaves);
    expect(JSON.stringify(after)).not.toContain(user);
    expect(after.every(({ entry }) => entry.resource_id === null && entry.details !== null)).toBe(true);
    expect(await verified(service)).toMatchObject({
      fault: null,
      pruned_identities: before.length,
      pruned_payloads: 0,
    });

    service.pass((2_555 - 365) * DAY - 5 * MINUTE);
    expect((await prunedAll(service, prunePayloads)).pruned).toBe(0);
    service.pass(10 * MINUTE);
    expect((await prunedAll(service, prunePayloads)).pruned).toBe(before.length);
    const last = (await everyEntry(service)).slice(0, before.length);
    expect(last.every(({ entry }) => entry.details === null && entry.salts === ".")).toBe(true);
    expect(last.map(({ entry }) => leafOf(service.deps.auditSeals.sha256, entry))).toEqual(leaves);
    await sequence(service);
    expect(await verified(service)).toMatchObject({ fault: null, pruned_payloads: before.length });
  });

  test("a legal hold keeps an entry, by its id or by its resource's, and what comes after it goes", async () => {
    const service = await testService();
    await tell(service, 10);
    const entries = await everyEntry(service);
    const [one, other] = entries.filter(({ entry }) => entry.resource_id !== null);
    const holds = [
      hold({ record_id: one?.entry.id ?? "" }),
      hold({ subject_id: other?.entry.resource_id as never }),
    ];
    service.pass(366 * DAY);
    const done = await prunedAll(service, pruneIdentities, holds);
    expect(done).toEqual({ pruned: entries.length - 2, held: 2, firstHeld: one?.position ?? 0 });
    expect((await service.deps.readers.audit.byId(one?.entry.id as never))?.resource_id).not.toBeNull();
    const lifted = holds.map((each) => ({ ...each, lifted_at: plusDays(NOON, 1) }));
    expect(await prunedAll(service, pruneIdentities, lifted)).toMatchObject({ pruned: 2, held: 0 });
    await sequence(service);
    expect((await verified(service)).fault).toBeNull();
  });

  test("an erasure unlinks the entries of one person, in the tree or not yet, and of nobody else", async () => {
    const service = await testService();
    const [ada, bob] = [hash<KeyedHash>(), hash<KeyedHash>()];
    await tell(service, 300, ada);
    await tell(service, 300, bob);
    await sequence(service);
    await tell(service, 20, ada);
    const resource = (await everyEntry(service)).find(
      ({ entry }) => entry.user_id_hash === bob && entry.resource_id !== null,
    );
    const resourceIds = new Set([resource?.entry.resource_id ?? ""]);
    let unlinked = 0;
    for (let after: number | null = null, going = true; going; going = after !== null) {
      const done = await unlinkEntries(service.deps)({
        userHashes: new Set([ada]),
        resourceIds,
        limit: 100,
        after,
      });
      unlinked += done.unlinked;
      after = done.next;
    }
    expect(unlinked).toBe(641);
    const entries = await everyEntry(service);
    expect(JSON.stringify(entries)).not.toContain(ada);
    expect(entries.filter(({ entry }) => entry.user_id_hash === bob)).toHaveLength(599);
    await sequence(service);
    expect(await verified(service)).toMatchObject({ fault: null, unlinked: 641 });
  });
});
