import { describe, expect, test } from "bun:test";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import type { Table } from "../../src/adapters/memory/table.ts";
import { countSealed } from "../../src/app/keys/count-sealed.ts";
import { type RotateDeps, type RotationProgress, rotateKeys } from "../../src/app/keys/rotate-keys.ts";
import {
  keyOfSealed,
  SEAL_CONTEXTS,
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../src/domain/personal-data/sealed-fields.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import type { Changes, Write } from "../../src/domain/shared/changes.ts";
import type { Sealed } from "../../src/domain/shared/ids.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import type { Sealer } from "../../src/ports/secrets.ts";
import { StorageFailure, type UnitOfWork } from "../../src/ports/unit-of-work.ts";
import { NOON, record } from "../support/records.ts";
import { clearText, sealedRecords, subjectsOf } from "../support/sealed-records.ts";
import { fakeClock } from "./stage.ts";

const OLD = "the secret key of last year, 32 bytes and more";
const NEW = "the secret key of this year, 32 bytes and more";
const before = makeSealer({ current: OLD, previous: null });
const both = makeSealer({ current: NEW, previous: OLD });
const after = makeSealer({ current: NEW, previous: null });
const KINDS = SEALED_COLLECTIONS.length;
const LATER = (NOON + 5_000) as Instant;

const setUp = (count: number) => {
  const contents = emptyContents();
  const memory = openMemory(contents);
  const unitOfWork = groupCommit(memory.groups);
  const tableOf = (collection: SealedRecord["collection"]) =>
    contents.tables[collection] as unknown as Table<SealedRecord["row"]>;
  const put = (each: SealedRecord): void => {
    for (const subject of subjectsOf([each])) contents.tables.subjects.put(subject);
    tableOf(each.collection).put(each.row);
  };
  const remove = (of: SealedRecord): void => tableOf(of.collection).remove(keyOfSealed(of));
  const records = sealedRecords(before, count);
  for (const each of records) put(each);
  const clock = fakeClock(LATER);
  const deps: RotateDeps = {
    readers: memory.readers,
    unitOfWork,
    clock,
    ids: makeIdGenerator(clock),
    sealer: both,
    policies: { retention: DEFAULT_RETENTION },
  };
  /** The record as it is stored now. */
  const now = (of: SealedRecord): SealedRecord | null => {
    const row = tableOf(of.collection).get(keyOfSealed(of));
    return row === null ? null : ({ collection: of.collection, row } as SealedRecord);
  };
  const clear = (of: SealedRecord, sealer: Sealer): readonly string[] =>
    sealedValues(of).map(({ sealed, context }) => sealer.open(sealed, context));
  const trail = () =>
    [...contents.tables.audit_entries.values()].map(({ action, details }) => ({
      action,
      details: JSON.parse(details ?? "null"),
    }));
  return { memory, deps, records, put, remove, now, clear, trail };
};

/** A unit of work before whose commits somebody else does something. */
const interrupted = (inner: UnitOfWork, meanwhile: (changes: Changes) => void): UnitOfWork => ({
  commit: async (changes) => {
    meanwhile(changes);
    return inner.commit(changes);
  },
  close: () => inner.close(),
});

const idOf = (write: Write): string | null => (write.op === "insert" ? null : write.id);

const counts = (each: number) => Object.fromEntries(SEALED_COLLECTIONS.map((name) => [name, each]));

describe("rotating keys", () => {
  test("encrypts every value anew and nothing else, in batches, and tells of it", async () => {
    const { deps, records, now, clear, trail } = setUp(KINDS * 250);
    const report = await rotateKeys(deps);
    expect(report).toEqual({
      outcome: "verified",
      rewrapped: KINDS * 250,
      values: counts(250),
      unreadable: counts(0),
    } as never);
    for (const [index, was] of records.entries()) {
      const is = now(was);
      if (is === null) return expect.unreachable();
      expect(clear(is, after)).toEqual([clearText(index)]);
      const [value] = sealedValues(is);
      expect(is.row).toEqual({
        ...was.row,
        [value?.field ?? ""]: value?.sealed,
        updated_at: LATER,
        version: 2,
      } as never);
    }
    const entries = trail();
    const batches = entries.filter(({ action }) => action === "keys.rewrapped");
    expect(batches.map(({ details }) => details.records)).toEqual(
      SEALED_COLLECTIONS.flatMap(() => [100, 100, 50]),
    );
    expect(new Set(batches.map(({ details }) => details.key_id))).toEqual(new Set([after.keyIds.current]));
    expect(entries.at(-1)).toEqual({
      action: "keys.rotation_finished",
      details: { key_id: after.keyIds.current, values: counts(250), rewrapped: KINDS * 250 },
    } as never);
    expect(entries).toHaveLength(batches.length + 1);
    expect(JSON.stringify(entries)).not.toContain("of a person");
  });

  test("leaves alone what is not encrypted and what is under the current key already", async () => {
    const { deps, put, now, trail } = setUp(0);
    const plain: SealedRecord = { collection: "system_config", row: record("system_config") };
    const empty: SealedRecord = { collection: "idempotent_answers", row: record("idempotent_answers") };
    const [done] = sealedRecords(both, 1);
    if (done === undefined) return expect.unreachable();
    for (const each of [plain, empty, done]) put(each);
    expect(await rotateKeys(deps)).toMatchObject({ outcome: "verified", rewrapped: 0 });
    for (const each of [plain, empty, done]) expect(now(each)).toEqual(each);
    expect(trail().map(({ action }) => action)).toEqual(["keys.rotation_finished"]);
  });

  test("keeps what others write meanwhile, and encrypts that anew", async () => {
    const { deps, records, put, remove, now, clear } = setUp(KINDS * 20);
    const of = <C extends SealedRecord["collection"]>(collection: C) =>
      records.filter(
        (each): each is Extract<SealedRecord, { collection: C }> => each.collection === collection,
      );
    const [mail] = of("outgoing_mails");
    const [setting] = of("system_config");
    const [gone] = of("sign_in_links");
    if (mail === undefined || setting === undefined || gone === undefined) return expect.unreachable();
    const touched = new Set<string>();
    // Between reading and writing: a mail is deferred, a setting set by an instance with both keys, a link deleted.
    const unitOfWork = interrupted(deps.unitOfWork, ({ writes }) => {
      const [first] = writes;
      if (first?.op !== "update" || touched.has(first.in)) return;
      touched.add(first.in);
      if (first.in === "outgoing_mails") {
        put({ collection: "outgoing_mails", row: { ...mail.row, attempts: 3, version: 2 } });
      }
      if (first.in === "system_config") {
        const value = both.seal("set meanwhile", SEAL_CONTEXTS.system_config.value(setting.row));
        put({ collection: "system_config", row: { ...setting.row, value, version: 2 } });
      }
      if (first.in === "sign_in_links") remove(gone);
    });
    const report = await rotateKeys({ ...deps, unitOfWork });
    expect([report.outcome, report.rewrapped]).toEqual(["verified", KINDS * 20 - 2]);
    const [mailNow, settingNow] = [now(mail), now(setting)];
    if (mailNow === null || settingNow === null) return expect.unreachable();
    expect(mailNow.row).toMatchObject({ attempts: 3, version: 3 });
    expect(clear(mailNow, after)).toEqual([clearText(records.indexOf(mail))]);
    expect(settingNow.row.version).toBe(2);
    expect(clear(settingNow, after)).toEqual(["set meanwhile"]);
    expect(now(gone)).toBeNull();
    for (const [index, each] of records.entries()) {
      if (each === setting || each === gone) continue;
      const is = now(each);
      if (is === null) return expect.unreachable();
      expect(clear(is, after)).toEqual([clearText(index)]);
    }
  });

  test("does not wait for a record that never stands still, and comes back for it", async () => {
    const { deps, records, put, now, clear } = setUp(KINDS * 10);
    const restless = records[5];
    if (restless === undefined) return expect.unreachable();
    let moves = 0;
    const unitOfWork = interrupted(deps.unitOfWork, ({ writes }) => {
      const is = now(restless);
      if (is === null || moves >= 30 || !writes.some((each) => idOf(each) === keyOfSealed(restless))) return;
      moves += 1;
      put({ ...is, row: { ...is.row, version: is.row.version + 1 } } as SealedRecord);
    });
    expect(await rotateKeys({ ...deps, unitOfWork })).toMatchObject({
      outcome: "verified",
      rewrapped: KINDS * 10,
    });
    expect(moves).toBe(30);
    const is = now(restless);
    expect(is === null ? null : clear(is, after)).toEqual([clearText(5)]);
  });

  test("finds what an instance with the old key alone writes behind it, and says so when that goes on", async () => {
    const { deps, put, now, clear, trail } = setUp(KINDS * 10);
    const [late, ...later] = sealedRecords(before, 12).filter(
      ({ collection }) => collection === "identities",
    );
    if (late === undefined) return expect.unreachable();
    // Identities come first: once mails are encrypted the walk has passed them.
    let wrote = false;
    const once = interrupted(deps.unitOfWork, ({ writes }) => {
      const [first] = writes;
      if (wrote || first?.op !== "update" || first.in !== "outgoing_mails") return;
      wrote = true;
      put(late);
    });
    expect(await rotateKeys({ ...deps, unitOfWork: once })).toMatchObject({
      outcome: "verified",
      rewrapped: KINDS * 10 + 1,
    });
    const is = now(late);
    expect(is === null ? null : clear(is, after)).toEqual([clearText(0)]);

    const again = setUp(KINDS * 10);
    const onAndOn = interrupted(again.deps.unitOfWork, ({ writes }) => {
      const [first] = writes;
      const [next] = sealedRecords(before, 1);
      if (first?.op === "update" && next !== undefined) again.put(next);
    });
    const report = await rotateKeys({ ...again.deps, unitOfWork: onAndOn });
    expect(report.outcome).toBe("still-written");
    expect(again.trail().map(({ action }) => action)).not.toContain("keys.rotation_finished");
    expect(trail().at(-1)?.action).toBe("keys.rotation_finished");
    expect(later.length).toBeGreaterThan(0);
  });

  test("ended at any commit, goes on where it was: nothing is encrypted twice", async () => {
    const { deps, records, now, clear, trail } = setUp(KINDS * 150);
    let rewrapped = 0;
    for (const endAt of [1, 4, 4]) {
      let commits = 0;
      const ending = interrupted(deps.unitOfWork, () => {
        commits += 1;
        if (commits === endAt) throw new StorageFailure("lost", "no", "commit");
      });
      const told: RotationProgress[] = [];
      const ended = rotateKeys({ ...deps, unitOfWork: ending }, (progress) => void told.push(progress));
      await expect(ended).rejects.toBeInstanceOf(StorageFailure);
      rewrapped += told.at(-1)?.rewrapped ?? 0;
    }
    const report = await rotateKeys(deps);
    expect(report.outcome).toBe("verified");
    expect(rewrapped + report.rewrapped).toBe(records.length);
    for (const [index, was] of records.entries()) {
      const is = now(was);
      if (is === null) return expect.unreachable();
      expect([is.row.version, clear(is, after)]).toEqual([2, [clearText(index)]]);
    }
    const told = trail().filter(({ action }) => action === "keys.rewrapped");
    expect(told.reduce((sum, { details }) => sum + details.records, 0)).toBe(records.length);
  });

  test("done by two at once, encrypts every value once", async () => {
    const { deps, records, now, memory } = setUp(KINDS * 150);
    const other = { ...deps, unitOfWork: groupCommit(memory.groups) };
    const reports = await Promise.all([rotateKeys(deps), rotateKeys(other)]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["verified", "verified"]);
    expect(reports.reduce((sum, { rewrapped }) => sum + rewrapped, 0)).toBe(records.length);
    for (const was of records) expect(now(was)?.row.version).toBe(2);
  });

  test("says which values open under no key, and leaves them as they are", async () => {
    const { deps, records, put, now, trail } = setUp(KINDS * 10);
    const stranger = makeSealer({ current: "a key that nobody has kept, 32 bytes long", previous: null });
    const [foreign] = sealedRecords(stranger, 1);
    const [moved] = sealedRecords(before, 1);
    const garbled = records.find(({ collection }) => collection === "keys");
    if (foreign === undefined || moved?.collection !== "identities" || garbled?.collection !== "keys")
      return expect.unreachable();
    const elsewhere: SealedRecord = { collection: "identities", row: { ...moved.row, kind: "email" } };
    const broken: SealedRecord = {
      collection: "keys",
      row: { ...garbled.row, wrapped: "v1.nothing" as Sealed },
    };
    for (const each of [foreign, elsewhere, broken]) put(each);
    const report = await rotateKeys(deps);
    expect([report.outcome, report.rewrapped]).toEqual(["unreadable", KINDS * 10 - 1]);
    expect(report.unreadable).toEqual({ ...counts(0), identities: 2, keys: 1 } as never);
    for (const each of [foreign, elsewhere, broken]) expect(now(each)).toEqual(each);
    expect(trail().map(({ action }) => action)).not.toContain("keys.rotation_finished");
  });

  test("tells how far it is", async () => {
    const { deps } = setUp(KINDS * 150);
    const told: RotationProgress[] = [];
    await rotateKeys(deps, (progress) => void told.push(progress));
    expect(told.map(({ rewrapped }) => rewrapped)).toEqual(
      told.map((each) => each.rewrapped).toSorted((a, b) => a - b),
    );
    const [encrypting, verifying] = [
      told.filter((each) => !each.verifying),
      told.filter((each) => each.verifying),
    ];
    const expected = SEALED_COLLECTIONS.flatMap((_, at) => [at * 150 + 100, at * 150 + 150]);
    expect(encrypting.map(({ seen }) => seen)).toEqual(expected);
    expect(verifying.map(({ seen }) => seen)).toEqual(encrypting.map(({ seen }) => seen));
    expect(told.at(-1)).toMatchObject({ rewrapped: KINDS * 150, verifying: true });
  });
});

describe("counting encrypted values", () => {
  test("tells them apart by key and collection, and what is none", async () => {
    const { deps, records, put } = setUp(KINDS * 100);
    for (const each of sealedRecords(both, KINDS * 7)) put(each);
    const [first] = records;
    if (first?.collection !== "identities") return expect.unreachable();
    put({ collection: "identities", row: { ...first.row, ciphertext: "in the clear" as Sealed } });
    const found = await countSealed(deps);
    expect([...found]).toEqual([
      [null, { ...counts(0), identities: 1 }],
      [before.keyIds.current, { ...counts(100), identities: 99 }],
      [after.keyIds.current, counts(7)],
    ] as never);
  });
});
