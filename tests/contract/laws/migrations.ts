import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Collection, Records } from "../../../src/domain/personal-data/records.ts";
import type { Store } from "../../../src/ports/store.ts";
import { StorageFailure } from "../../../src/ports/unit-of-work.ts";
import { asWrite, changes, insert, json, record, reply } from "../../support/records.ts";
import { FINDERS } from "../finders.ts";
import type { DatabaseKind, DatabasePlace } from "../stores.ts";

type Findable = keyof typeof FINDERS;

/** One record of every collection that a reader leads to. */
const oneOfEach = () => {
  const subject = record("subjects");
  const mine = { subject_id: subject.id };
  const root = record("comments", { ...mine, content: "ä 👩🏽‍🚀 '" });
  const rows: { readonly [C in Findable]: Records[C] } = {
    subjects: subject,
    identities: record("identities", mine),
    consents: record("consents", { ...mine, gpc: true }),
    consent_policies: record("consent_policies"),
    sign_in_links: record("sign_in_links"),
    sessions: record("sessions", mine),
    comments: reply(root, mine),
    outgoing_mails: record("outgoing_mails"),
    mail_preferences: record("mail_preferences", mine),
    privacy_requests: record("privacy_requests", mine),
    idempotent_answers: record("idempotent_answers"),
    legal_holds: record("legal_holds", mine),
    signed_reports: record("signed_reports"),
    retention_runs: record("retention_runs"),
    erasures: record("erasures"),
    webhooks: record("webhooks"),
    webhook_deliveries: record("webhook_deliveries"),
    breaches: record("breaches", { persons: 12, phases: json([{ at: 1, told: "ä" }]) }),
    service_credentials: record("service_credentials"),
    system_config: record("system_config", { is_sensitive: true }),
    restore_points: record("restore_points"),
    keys: record("keys"),
  };
  const writes = [
    ...Object.entries(rows).map(([into, row]) => asWrite({ op: "insert", into: into as Collection, row })),
    { op: "insert", into: "comments", row: root } as const,
    insert("comment_reports", { comment_id: root.id, subject_id: subject.id }),
    insert("guards"),
  ];
  return { rows, member: changes(writes) };
};

export const migrationLaws = (kind: DatabaseKind): void => {
  describe("migrations with data", () => {
    let place: DatabasePlace;
    let folder = "";
    const opened: Store[] = [];
    const open = async (): Promise<Store> => {
      const store = await place.open(folder);
      opened.push(store);
      return store;
    };
    const write = async (name: string, up: string, down: string): Promise<void> => {
      await writeFile(join(folder, `${name}.sql`), up);
      await writeFile(join(folder, `${name}.down.sql`), down);
    };
    const commit = async (store: Store, member: ReturnType<typeof changes>) =>
      (await store.groups.commitGroup([member])).map((verdict) => verdict.type);

    beforeEach(async () => {
      place = await kind.place();
      folder = await mkdtemp(join(tmpdir(), "gonogo-migrations-"));
      await cp(kind.migrations, folder, { recursive: true });
    });
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await place.remove();
      await rm(folder, { recursive: true, force: true });
    });

    test("a way there, back and there again keeps what the migration does not speak of", async () => {
      const store = await open();
      const before = await store.migrator.up();
      const { rows, member } = oneOfEach();
      expect(await commit(store, member)).toEqual(["stored"]);
      const isAllThere = async () => {
        for (const [collection, row] of Object.entries(rows)) {
          const find = FINDERS[collection as Findable] as (
            readers: Store["readers"],
            row: object,
          ) => Promise<object | null>;
          expect(await find(store.readers, row)).toEqual(row);
        }
        expect(await store.readers.audit.list(null, 10)).toEqual([...member.audit]);
        expect((await store.readers.subjects.admins()).guardVersion).toBe(1);
      };
      await write(
        "0900_note",
        "alter table subjects add column note text;\nupdate subjects set note = 'x';\n",
        "alter table subjects drop column note;\n",
      );
      await write("0901_more", "create table more (id text primary key);", "drop table more;");
      expect(await store.migrator.status()).toEqual({
        applied: before,
        pending: ["0900_note", "0901_more"],
        unknown: [],
      });
      expect(await store.migrator.up()).toEqual(["0900_note", "0901_more"]);
      await isAllThere();
      expect(await store.migrator.down(2)).toEqual(["0901_more", "0900_note"]);
      expect(await store.migrator.status()).toMatchObject({
        applied: before,
        pending: ["0900_note", "0901_more"],
      });
      await isAllThere();
      expect(await store.migrator.up()).toEqual(["0900_note", "0901_more"]);
      await isAllThere();
      expect(await store.migrator.down(1)).toEqual(["0901_more"]);
      expect(await commit(store, changes([insert("system_config")]))).toEqual(["stored"]);
    });

    test("one that fails is rolled back whole, is named, and leaves the version before it serving", async () => {
      const store = await open();
      const before = await store.migrator.up();
      const { rows, member } = oneOfEach();
      expect(await commit(store, member)).toEqual(["stored"]);
      await write("0900_fine", "create table fine (id text primary key);", "drop table fine;");
      await write(
        "0901_broken",
        "update subjects set status = 'erased';\ncreate table half (id text);\ninsert into nowhere values (1);\n",
        "drop table half;",
      );
      await write("0902_never", "create table never (id text);", "drop table never;");
      const failure = await store.migrator.up().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StorageFailure);
      expect(failure).toMatchObject({ kind: "refused", stored: "no", operation: "migration 0901_broken up" });
      expect(await store.migrator.status()).toEqual({
        applied: [...before, "0900_fine"],
        pending: ["0901_broken", "0902_never"],
        unknown: [],
      });
      expect(await store.readers.subjects.byId(rows.subjects.id)).toEqual(rows.subjects);
      expect(await commit(store, changes([insert("subjects")]))).toEqual(["stored"]);
      // Repaired, it goes through: nothing of the first attempt is left.
      await write("0901_broken", "create table half (id text);", "drop table half;");
      expect(await store.migrator.up()).toEqual(["0901_broken", "0902_never"]);
    });

    test("a way back that fails is rolled back whole too", async () => {
      const store = await open();
      await store.migrator.up();
      const subject = record("subjects");
      expect(await commit(store, changes([{ op: "insert", into: "subjects", row: subject }]))).toEqual([
        "stored",
      ]);
      await write(
        "0900_note",
        "create table note (id text);",
        "drop table note;\ndelete from subjects;\ndrop table nowhere;",
      );
      expect(await store.migrator.up()).toEqual(["0900_note"]);
      const failure = await store.migrator.down(1).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: "refused", stored: "no", operation: "migration 0900_note down" });
      expect((await store.migrator.status()).pending).toEqual([]);
      expect(await store.readers.subjects.byId(subject.id)).toEqual(subject);
    });

    test("an older version says what it does not know, serves on, and takes nothing of it back", async () => {
      const newer = await open();
      await write("0900_later", "create table later (id text primary key);", "drop table later;");
      await newer.migrator.up();
      const older = await place.open(kind.migrations);
      opened.push(older);
      expect(await older.migrator.status()).toMatchObject({ pending: [], unknown: ["0900_later"] });
      expect(await older.migrator.up()).toEqual([]);
      expect(await older.migrator.down(1).catch((error: unknown) => error)).toMatchObject({
        kind: "refused",
        operation: "migration 0900_later down",
      });
      expect(await commit(older, changes([insert("system_config")]))).toEqual(["stored"]);
      expect(await newer.migrator.down(1)).toEqual(["0900_later"]);
    });

    test("of several that start on an empty database at once each comes up, and each migration runs once", async () => {
      await write("0900_slow", "create table slow (id text primary key);", "drop table slow;");
      const stores = await Promise.all(Array.from({ length: 4 }, open));
      const applied = await Promise.all(stores.map((store) => store.migrator.up()));
      const names = applied.flat();
      expect(names.toSorted()).toEqual((await stores[0]?.migrator.status())?.applied as string[]);
      expect(new Set(names).size).toBe(names.length);
      for (const store of stores)
        expect(await commit(store, changes([insert("system_config")]))).toEqual(["stored"]);
    });

    test("every one has a way back", async () => {
      const files = await readdir(kind.migrations);
      const ups = files.filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file));
      expect(ups.length).toBeGreaterThan(0);
      expect(ups.filter((file) => !files.includes(file.replace(/\.sql$/, ".down.sql")))).toEqual([]);
    });
  });
};
