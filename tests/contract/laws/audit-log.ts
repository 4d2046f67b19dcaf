import { describe, expect, test } from "bun:test";
import type { AuditEntry } from "../../../src/domain/audit/audit-entry.ts";
import type { Integration, LoggedEntry } from "../../../src/ports/audit-log-store.ts";
import type { Store } from "../../../src/ports/store.ts";
import { anEntry, changes, id, insert, NOON, record } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

/** Everything after a position, page by page. */
const everything = async (store: Store, after = 0): Promise<readonly LoggedEntry[]> => {
  const found: LoggedEntry[] = [];
  for (let last = after; ; last = found.at(-1)?.position ?? last) {
    const page = await store.auditLog.entries(last, 7);
    found.push(...page);
    if (page.length < 7) return found;
  }
};

const integration = (from: number, size: number, more: Partial<Integration> = {}): Integration => ({
  from,
  tiles: [{ level: 0, index: 0, hashes: `hashes of ${size}`, first_position: 1 }],
  checkpoint: {
    size,
    last_position: size,
    root: `root of ${size}`,
    note: `note of ${size}\n\n— a b\n`,
    created_at: NOON,
  },
  replaces: false,
  lease: { name: "sequencer", holder: "ada", ttlMs: 0 },
  ...more,
});

export const auditLogLaws = (kind: StoreKind): void => {
  describe("audit log store", () => {
    const h = harness(kind);

    test("has the entries in the order in which they were stored, whatever their ids, page by page", async () => {
      const first = [anEntry(), anEntry(), anEntry()] as [AuditEntry, ...AuditEntry[]];
      const second = first.map(() => anEntry()).toReversed() as [AuditEntry, ...AuditEntry[]];
      expect(await h.commitGroup([changes([], [], first)])).toEqual(["stored"]);
      expect(await h.commitGroup([changes([], [], second)])).toEqual(["stored"]);
      const found = await everything(h.store());
      expect(found.map(({ entry }) => entry)).toEqual([...first, ...second]);
      const positions = found.map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((a, b) => a - b));
      expect(new Set(positions).size).toBe(6);
      for (const { position, entry } of found) {
        expect(await h.store().auditLog.positionOf(entry.id)).toBe(position);
      }
      expect(await h.store().auditLog.positionOf(id())).toBeNull();
      expect(await h.store().auditLog.count(positions[1] ?? 0, positions[4] ?? 0)).toBe(3);
    });

    test("has nothing of a member that lost, and no entry twice", async () => {
      const last = (await everything(h.store())).at(-1)?.position ?? 0;
      const taken = record("keys");
      const stored = changes([{ op: "insert", into: "keys", row: taken }]);
      const lost = changes([insert("keys"), { op: "insert", into: "keys", row: taken }]);
      const after = changes([insert("keys")]);
      expect(await h.commitGroup([stored, lost, after])).toEqual(["stored", "conflict", "stored"]);
      expect(await h.commitGroup([stored])).toEqual(["stored"]);
      const ids = (await everything(h.store(), last)).map(({ entry }) => entry.id);
      // A member that rests on no other may be stored in another order than it was sent.
      expect(ids.toSorted()).toEqual([stored.audit[0].id, after.audit[0].id].toSorted());
    });

    test("never shows an entry behind one that was seen, while several processes write", async () => {
      const stores = [h.store(), await h.place().open()];
      try {
        let writing = stores.length;
        const write = async (store: Store): Promise<void> => {
          for (let round = 0; round < 40; round += 1) {
            await store.groups.commitGroup([changes([insert("keys")]), changes([insert("keys")])]);
          }
          writing -= 1;
        };
        const start = (await everything(h.store())).at(-1)?.position ?? 0;
        const seen: number[] = [];
        const watch = async (): Promise<void> => {
          for (let last = start, more = true; more; ) {
            more = writing > 0;
            const page = await h.store().auditLog.entries(last, 50);
            seen.push(...page.map(({ position }) => position));
            last = seen.at(-1) ?? last;
            more ||= page.length > 0;
            await Bun.sleep(0);
          }
        };
        await Promise.all([watch(), ...stores.map(write)]);
        expect(seen).toEqual((await everything(h.store(), start)).map(({ position }) => position));
        expect(seen).toHaveLength(160);
      } finally {
        await stores[1]?.close();
      }
    });

    test("keeps a tree that only goes on from where it is", async () => {
      const { auditLog } = h.store();
      expect(await auditLog.newest()).toBeNull();
      expect(await auditLog.integrate(integration(3, 5))).toBe(false);
      expect([await auditLog.newest(), await auditLog.tile(0, 0)]).toEqual([null, null]);
      expect(await auditLog.integrate(integration(0, 3))).toBe(true);
      expect(await auditLog.integrate(integration(0, 4))).toBe(false);
      expect(await auditLog.newest()).toEqual(integration(0, 3).checkpoint);
      expect(await auditLog.integrate(integration(3, 5))).toBe(true);
      expect(await auditLog.integrate(integration(5, 6, { replaces: true }))).toBe(true);
      expect(await auditLog.newest()).toEqual(integration(5, 6).checkpoint);
      expect((await auditLog.checkpoints(0, 10)).map(({ size }) => size)).toEqual([3, 6]);
      expect((await auditLog.checkpoints(3, 1)).map(({ size }) => size)).toEqual([6]);
      expect((await auditLog.tile(0, 0))?.hashes).toBe("hashes of 6");
      const tiles = [1, 2, 3].map((index) => ({
        level: 0,
        index,
        hashes: `${index}`,
        first_position: 100 * index,
      }));
      const above = { level: 1, index: 0, hashes: "above", first_position: 1 };
      expect(await auditLog.integrate(integration(6, 9, { tiles: [...tiles, above] }))).toBe(true);
      expect(await auditLog.tiles(0, 1, 2)).toEqual(tiles.slice(0, 2));
      expect(await auditLog.tile(1, 0)).toEqual(above);
      expect(await auditLog.tile(1, 1)).toBeNull();
      expect((await auditLog.tileOver(99))?.index).toBe(0);
      expect((await auditLog.tileOver(200))?.index).toBe(2);
      expect((await auditLog.tileOver(1_000))?.index).toBe(3);
      expect(await auditLog.tileOver(0)).toBeNull();
    });

    test("of several that go on at once, one does", async () => {
      const other = await h.place().open();
      try {
        for (let round = 0; round < 10; round += 1) {
          const from = (await other.auditLog.newest())?.size ?? 0;
          const went = await Promise.all(
            [h.store(), other, h.store(), other].map((store, index) =>
              store.auditLog.integrate(integration(from, from + 1 + index)),
            ),
          );
          expect(went.filter((each) => each)).toHaveLength(1);
          expect((await h.store().auditLog.newest())?.size).toBe(from + 1 + went.indexOf(true));
        }
      } finally {
        await other.close();
      }
    });

    test("puts entries in the place of the version before, and of no other", async () => {
      const entries = [anEntry(), anEntry()] as [AuditEntry, AuditEntry];
      await h.commitGroup([changes([], [], entries)]);
      const [one, other] = entries;
      const blank = (entry: AuditEntry, version: number): AuditEntry => ({
        ...entry,
        version,
        anonymized: true,
        details: null,
        salts: null,
        seal: "s".repeat(43),
        commitments: "c".repeat(87),
        unlinked_mark: "m".repeat(43),
      });
      const { auditLog } = h.store();
      const before = await auditLog.positionOf(one.id);
      expect(await auditLog.replace([blank(one, 2), blank(other, 3), blank(anEntry(), 2)])).toBe(1);
      expect(await h.readers().audit.byId(one.id)).toEqual(blank(one, 2));
      expect(await h.readers().audit.byId(other.id)).toEqual(other);
      expect(await auditLog.positionOf(one.id)).toBe(before);
      expect(await auditLog.replace([blank(one, 2)])).toBe(0);
      expect(await auditLog.replace([])).toBe(0);
    });

    test("prolongs a lease along with the tree, and only then, and none that is somebody else's", async () => {
      const { auditLog, leases } = h.store();
      const from = (await auditLog.newest())?.size ?? 0;
      const lease = { name: "with the tree", holder: "ada", ttlMs: 3_600_000 };
      expect(await auditLog.integrate(integration(from + 1, from + 2, { lease }))).toBe(false);
      expect(await leases.take(lease.name, "bob", 0)).toBe(true);
      expect(await auditLog.integrate(integration(from, from + 1, { lease }))).toBe(true);
      expect(await leases.take(lease.name, "bob", 0)).toBe(false);
      await leases.release(lease.name, "ada");
      expect(await leases.take(lease.name, "bob", 3_600_000)).toBe(true);
      expect(await auditLog.integrate(integration(from + 1, from + 2, { lease }))).toBe(true);
      expect(await leases.take(lease.name, "ada", 0)).toBe(false);
    });

    test("answers with `closed` afterwards", async () => {
      const store = await h.place().open();
      await store.close();
      await expect(store.auditLog.newest()).rejects.toMatchObject({ kind: "closed", stored: "no" });
      await expect(store.auditLog.integrate(integration(0, 1))).rejects.toMatchObject({ kind: "closed" });
      await expect(store.auditLog.replace([anEntry()])).rejects.toMatchObject({ kind: "closed" });
    });
  });
};
