import { beforeAll, describe, expect, test } from "bun:test";
import Schema from "typebox/schema";
import { zipStream } from "../../src/adapters/http/zip.ts";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import { archiveSchema } from "../../src/app/privacy-requests/archive-schema.ts";
import { exportedFields, type SubjectCollection } from "../../src/app/privacy-requests/exported-record.ts";
import { personalArchive } from "../../src/app/privacy-requests/personal-archive.ts";
import { SUBJECT_COLLECTIONS } from "../../src/app/privacy-requests/personal-records.ts";
import { CATALOGUE } from "../../src/domain/personal-data/catalogue.ts";
import {
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../src/domain/personal-data/sealed-fields.ts";
import { changes, insert, record } from "../support/records.ts";
import { NOON, type TestService, testService } from "../support/service.ts";

type Row = Readonly<Record<string, unknown>>;

const HERS = "only Ada wrote this";
const OTHERS = "only Bob wrote this";
const COMMENTS = 1_203;

describe("the archive of a person's data", () => {
  const ada = record("subjects");
  const bob = record("subjects");
  let service: TestService;
  let files: ReadonlyMap<string, string>;

  /** A record of hers or his; every sealed value holds `clear`. */
  const recordOf = (collection: SubjectCollection, subject: typeof ada, clear: string): Row => {
    const row = record(collection, { subject_id: subject.id } as never) as unknown as Row;
    if (!(SEALED_COLLECTIONS as readonly string[]).includes(collection)) return row;
    const values = sealedValues({ collection, row } as unknown as SealedRecord);
    return {
      ...row,
      ...Object.fromEntries(
        values.map(({ field, context }) => [field, service.deps.sealer.seal(clear, context)]),
      ),
    };
  };

  const read = async (subject = ada): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for (const { name, chunks } of personalArchive(service.deps, subject, NOON)) {
      let whole = "";
      for await (const chunk of chunks) whole += chunk;
      found.set(name, whole);
    }
    return found;
  };

  const dataOf = (texts: ReadonlyMap<string, string>) =>
    JSON.parse(texts.get("personal-data.json") ?? "") as {
      subject: Row;
      records: Record<SubjectCollection, { items: Row[] }>;
    };

  beforeAll(async () => {
    service = await testService({ store: openMemory(emptyContents()) });
    const rows = (subject: typeof ada, clear: string) =>
      SUBJECT_COLLECTIONS.map(
        (into) => ({ op: "insert", into, row: recordOf(into, subject, clear) }) as never,
      );
    const reply = {
      ...record("outgoing_mails", { kind: "reply", subject_id: ada.id }),
    };
    const message = service.deps.sealer.seal(OTHERS, `outgoing_mails:${reply.id}`);
    const comments = Array.from({ length: COMMENTS }, () =>
      insert("comments", { subject_id: ada.id, content: HERS }),
    );
    for (const writes of [
      [insert("subjects", ada), insert("subjects", bob)],
      [...rows(ada, HERS), ...rows(bob, OTHERS)],
      [
        insert("outgoing_mails", { ...reply, message }),
        insert("comments", { subject_id: bob.id, content: OTHERS }),
      ],
      comments,
    ]) {
      const stored = await service.deps.unitOfWork.commit(changes(writes));
      if (!stored.ok) throw new Error("what the archive is of was not stored");
    }
    files = await read();
  });

  test("holds the data, their schema and a page to read", () => {
    expect([...files.keys()]).toEqual(["personal-data.json", "schema.json", "summary.html"]);
  });

  test("holds every record of hers in every collection, and nothing of anybody else", () => {
    const { subject, records } = dataOf(files);
    expect(subject["id"]).toBe(ada.id);
    expect(Object.keys(records)).toEqual([...SUBJECT_COLLECTIONS]);
    for (const collection of SUBJECT_COLLECTIONS) {
      const expected = { comments: COMMENTS + 1, outgoing_mails: 2 } as Record<string, number>;
      expect([collection, records[collection].items.length]).toEqual([collection, expected[collection] ?? 1]);
    }
    const whole = [...files.values()].join("\n");
    expect(whole).not.toContain(OTHERS);
    expect(whole).not.toContain(bob.id);
    expect(new Set(records.comments.items.map(({ id }) => id)).size).toBe(COMMENTS + 1);
  });

  test("opens what is encrypted, and writes times and lists as such", () => {
    const { records } = dataOf(files);
    expect(records.identities.items[0]).toMatchObject({ kind: "email", ciphertext: HERS });
    expect(records.consents.items[0]).toMatchObject({
      consent_types: ["essential"],
      timestamp: "2025-03-14T12:00:00.000Z",
    });
  });

  test("gives no token, hash or key, whatever the collection", () => {
    for (const collection of SUBJECT_COLLECTIONS) {
      const rules = Object.entries(CATALOGUE[collection].fields);
      const omitted = rules.filter(([, rule]) => rule.export === "omit").map(([name]) => name);
      const given = exportedFields(collection).map(({ name }) => name);
      expect(given.filter((name) => omitted.includes(name))).toEqual([]);
      expect(
        given.filter((name) => /hash|token|blind_index|fingerprint/.test(name) && name !== "notice_hash"),
      ).toEqual([]);
    }
  });

  test("keeps the schema that it carries and that is published", () => {
    const carried: unknown = JSON.parse(files.get("schema.json") ?? "");
    expect(carried).toEqual(archiveSchema("http://localhost"));
    const schema = Schema.Compile(carried as never);
    expect(schema.Check(dataOf(files))).toBe(true);
    expect(schema.Check({ ...dataOf(files), more: 1 })).toBe(false);
  });

  test("counts and explains on its page, which loads nothing", () => {
    const page = files.get("summary.html") ?? "";
    expect(page).toContain(`<td>${COMMENTS + 1}</td>`);
    expect(page).toContain(CATALOGUE.comments.purpose);
    expect(page).not.toMatch(/<script|src=|<link|url\(/);
  });

  test("comes as a ZIP file, and breaks off loudly where it cannot be read on", async () => {
    const failures: unknown[] = [];
    const zip = new Uint8Array(
      await new Response(
        zipStream(personalArchive(service.deps, ada, NOON), (failure) => void failures.push(failure)),
      ).arrayBuffer(),
    );
    expect([...zip.slice(0, 4)]).toEqual([0x50, 0x4b, 3, 4]);
    expect(Buffer.from(zip).includes(HERS)).toBe(true);
    expect(failures).toEqual([]);

    const broken = async function* () {
      yield "{";
      throw new Error("the store went away");
    };
    const stream = zipStream(
      [{ name: "a.json", chunks: broken() }],
      (failure) => void failures.push(failure),
    );
    await expect(new Response(stream).arrayBuffer()).rejects.toThrow();
    expect(failures).toHaveLength(1);
  });
});
