import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRunKey } from "../../src/adapters/crypto/run-key.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { openSqliteSource, openSqliteTarget } from "../../src/adapters/drizzle/staging/sqlite-staging.ts";
import { K } from "../../src/app/staging/crowds.ts";
import { exportStaging } from "../../src/app/staging/export-staging.ts";
import {
  SEAL_CONTEXTS,
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../src/domain/personal-data/sealed-fields.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import type { RunKey } from "../../src/ports/staging-copy.ts";
import { NOON } from "../support/records.ts";
import { type KnownRows, knownRows, linksBetween, PERSONAL_TABLES } from "../support/staging-links.ts";
import { fillProduction, PEOPLE, SOURCE_SECRET, secretsOfPerson } from "../support/staging-scene.ts";

const STAGING_SECRET = "the secret key of staging, long enough too";

describe("a staging copy", () => {
  const folder = mkdtempSync(join(tmpdir(), "gonogo-staging-"));
  const production = join(folder, "production.db");
  let people: readonly string[] = [];

  const sealer = makeSealer({ current: SOURCE_SECRET, previous: null });
  const staging = makeSealer({ current: STAGING_SECRET, previous: null });

  const copy = async (name: string, key: RunKey = makeRunKey(), from = production) => {
    const target = await openSqliteTarget(join(folder, name));
    const source = openSqliteSource(from);
    try {
      return await exportStaging({
        source,
        target,
        key,
        now: NOON,
        sealName: (value, subject) =>
          staging.seal(
            value,
            SEAL_CONTEXTS.identities.ciphertext({ kind: "name", subject_id: subject as SubjectId }),
          ),
        opened: (collection, row) =>
          (SEALED_COLLECTIONS as readonly string[]).includes(collection)
            ? sealedValues({ collection, row } as unknown as SealedRecord).flatMap(({ sealed, context }) =>
                sealed.startsWith("v1.c2VhbGVk") ? [] : [sealer.open(sealed, context)],
              )
            : [],
      });
    } finally {
      await source.close();
      await target.close();
    }
  };

  const rowsOf = (name: string, table: string): Record<string, unknown>[] => {
    const db = new Database(join(folder, name), { readonly: true });
    try {
      return db.query(`select * from ${table} order by id`).all() as Record<string, unknown>[];
    } finally {
      db.close();
    }
  };

  beforeAll(async () => {
    const store = await openSqlite({ path: production });
    await store.migrator.up();
    people = await fillProduction(store);
    await store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("keeps the shape of production and nobody of it", async () => {
    const report = await copy("shape.db");
    expect(report.people).toBe(PEOPLE);
    expect(report.leaks).toEqual([]);
    expect(report.rows).toMatchObject({ consents: PEOPLE, comments: 2 * PEOPLE, identities: PEOPLE });
    const bytes = await Bun.file(join(folder, "shape.db")).bytes();
    const whole = Buffer.from(bytes);
    for (let index = 0; index < PEOPLE; index += 1) {
      for (const value of Object.values(secretsOfPerson(index))) expect(whole.includes(value)).toBe(false);
      expect(whole.includes(people[index] ?? "")).toBe(false);
    }
    for (const left of ["a-page-of-production", "note by a moderator", "disqus", "unmistakable"]) {
      expect(whole.includes(left)).toBe(false);
    }
    for (const table of ["sessions", "audit_entries", "keys", "sign_in_links"]) {
      expect(rowsOf("shape.db", table)).toEqual([]);
    }
  });

  test("keeps replies where they were: in their thread, after what they reply to, by one person", async () => {
    const comments = rowsOf("shape.db", "comments");
    const byId = new Map(comments.map((each) => [each["id"], each]));
    for (const comment of comments.filter(({ depth }) => depth === 1)) {
      const parent = byId.get(comment["parent_id"]);
      expect(parent).toMatchObject({
        thread: comment["thread"],
        subject_id: comment["subject_id"],
        depth: 0,
      });
      expect(String(comment["id"]) > String(parent?.["id"])).toBe(true);
      expect(Number(comment["created_at"])).toBeGreaterThanOrEqual(Number(parent?.["created_at"]));
    }
    expect(new Set(comments.map(({ thread }) => thread)).size).toBe(6);
  });

  test("has text of like length and script", () => {
    const written = rowsOf("shape.db", "comments").map(({ content }) => String(content));
    for (const script of [
      /\p{Script=Cyrillic}/u,
      /\p{Script=Arabic}/u,
      /\p{Script=Greek}/u,
      /\p{Script=Han}|\p{Script=Hiragana}/u,
    ]) {
      expect(written.filter((text) => script.test(text)).length).toBeGreaterThan(5);
    }
    for (const text of written) expect(text).toMatch(/^(<p>[^<]+<\/p>)+$/);
  });

  test("gives names of its own, which its own key opens", () => {
    for (const row of rowsOf("shape.db", "identities")) {
      const { ciphertext, subject_id } = row as { ciphertext: never; subject_id: SubjectId };
      expect(staging.open(ciphertext, `identities:name:${subject_id}`)).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
    }
  });

  test("tells nobody apart from fewer than five people", async () => {
    const report = await copy("crowds.db");
    for (const { smallest } of Object.values(report.crowds)) expect(smallest).toBe(K);
    expect(rowsOf("crowds.db", "subjects").filter(({ role }) => role === "admin")).toEqual([]);
  });

  describe("made twice", () => {
    const keys = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
    const of = (name: string, table: string): KnownRows => {
      const key = keys[name === "one.db" ? 0 : 1] ?? new Uint8Array(32);
      const db = new Database(join(folder, name), { readonly: true });
      try {
        return knownRows(db, table, { key, now: NOON, people });
      } finally {
        db.close();
      }
    };
    const linked = (table: string) => linksBetween(of("one.db", table), of("two.db", table), people.length);

    beforeAll(async () => {
      await copy("one.db", makeRunKey(keys[0]));
      await copy("two.db", makeRunKey(keys[1]));
    });

    test.each(PERSONAL_TABLES.map((table) => [table]))("%s have nothing that leads to anybody", (table) => {
      expect(of("one.db", table).filter(({ person }) => person === "")).toEqual([]);
      expect(linked(table)).toEqual([]);
    });

    /** The copies with a column of their own, which says something of each row's person. */
    const planted = (value: (person: number, copied: number) => unknown) => {
      const [one, two] = ["one.db", "two.db"].map((name, copied) =>
        of(name, "consents").map(({ person, row }) => ({
          person,
          row: { ...row, planted: value(people.indexOf(person), copied) },
        })),
      );
      return linksBetween(one ?? [], two ?? [], people.length);
    };

    test("a value that is hers in both is found, however many share it", () => {
      for (const shared of [1, 2, 5, 20]) {
        expect(planted((person) => `group ${Math.floor(person / shared)}`)).toContainEqual({
          columns: ["planted"],
          by: "alike",
        });
      }
    });

    test("the order of people is found, where no value is the same", () => {
      const pair = planted((person, copied) => copied * 1_000 + person);
      expect(pair).toContainEqual({ columns: ["planted"], by: "order" });
      expect(pair.filter(({ by }) => by === "alike")).toEqual([]);
    });

    test("nothing is found of a value that says nothing", () => {
      expect(planted((person, copied) => (person * (copied === 0 ? 7 : 11)) % 5)).toEqual([]);
    });
  });

  test("is thrown away when a value of production is found in it", async () => {
    const target = await openSqliteTarget(join(folder, "planted.db"));
    const source = openSqliteSource(production);
    let planted = false;
    const leaky: typeof target = {
      ...target,
      insert: (table, rows) => {
        const [first, ...others] = rows;
        if (table !== "comments" || planted || first === undefined) return target.insert(table, rows);
        planted = true;
        const content = `<p>said by ${secretsOfPerson(7).name} once</p>`;
        return target.insert(table, [{ ...first, content }, ...others]);
      },
    };
    const run = exportStaging({
      source,
      target: leaky,
      key: makeRunKey(),
      now: NOON,
      sealName: null,
      opened: (collection, row) =>
        collection === "identities"
          ? sealedValues({ collection, row } as unknown as SealedRecord).map(({ sealed, context }) =>
              sealer.open(sealed, context),
            )
          : [],
    });
    await expect(run).rejects.toThrow("values of production stand in the copy (comments.content)");
    await source.close();
    await target.close();
    expect(readdirSync(folder).filter((name) => name.startsWith("planted"))).toEqual([]);
  });

  test("is not made of a database with a column that nobody classified", async () => {
    const odd = join(folder, "odd.db");
    await Bun.write(odd, Bun.file(production));
    const db = new Database(odd);
    db.run("alter table comments add column mood text");
    db.close();
    await expect(copy("odd-copy.db", makeRunKey(), odd)).rejects.toThrow(
      "the column comments.mood is not classified",
    );
    expect(existsSync(join(folder, "odd-copy.db"))).toBe(false);
  });

  test("is not written over anything", async () => {
    await expect(openSqliteTarget(production)).rejects.toThrow("there already");
  });
});
